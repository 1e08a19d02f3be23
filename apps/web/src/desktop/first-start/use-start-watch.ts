import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useConnection } from '../../live/live-hooks.ts'
import { isDesktop } from '../is-desktop.ts'
import { readStart } from '../settings/settings-calls.ts'

const lookEveryMs = 3_000

/**
 * In the desktop app: leaves a page that has lost its server for the one that says why, when the server itself is there
 * and waits for the person. What passes by itself is the business of the banner on the page.
 */
export function useStartWatch(): void {
  const { state } = useConnection()
  const navigate = useNavigate()
  const isLost = isDesktop() && state !== 'live'
  useEffect(() => {
    if (!isLost) return undefined
    const look = async () => {
      const start = await readStart().catch(() => null)
      if (start?.is === 'question' || (start?.is === 'problem' && !start.triesAgain))
        await navigate({ to: '/start', search: {} })
    }
    const looking = setInterval(() => void look(), lookEveryMs)
    return () => clearInterval(looking)
  }, [isLost, navigate])
}
