import { type ButtonHTMLAttributes, useEffect, useRef, useState } from 'react'

/** Nobody sees what came under the finger and presses it sooner than this. */
const steadyAfterMs = 400

type PressGuard = Pick<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'aria-disabled' | 'onPointerDown' | 'onClickCapture'
>

/**
 * Lets a button be pressed only for what it was when the press began, and was for a moment by then: what was done before
 * redraws the page, and a second tap in the same place would do it to the next stop.
 *
 * @param subject what the button is about; with another one the moment begins anew, as it does when the button appears
 * @returns what the button takes
 */
export function useSteadyPress(subject: string): PressGuard {
  const [steady, setSteady] = useState<string | null>(null)
  /** What the finger that is down was put on; undefined where a press is none of a finger. */
  const pressed = useRef<string | null>(undefined)
  useEffect(() => {
    const timer = setTimeout(() => setSteady(subject), steadyAfterMs)
    return () => clearTimeout(timer)
  }, [subject])
  const isSteady = steady === subject
  return {
    'aria-disabled': isSteady ? undefined : true,
    onPointerDown: () => {
      pressed.current = isSteady ? subject : null
    },
    onClickCapture: (event) => {
      const isMeant = pressed.current === undefined ? isSteady : pressed.current === subject
      pressed.current = undefined
      if (isMeant) return
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
