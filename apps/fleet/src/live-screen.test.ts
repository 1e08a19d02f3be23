import { describe, expect, it } from 'vitest'
import { createTestingWorld } from '../testing/testing-world.ts'
import { openLiveScreen } from './live-screen.ts'

const escape = '\u001b'

function openOn(isOutTty: boolean, rows: number) {
  const { world, out } = createTestingWorld()
  const writes: string[] = []
  const terminal = {
    ...world.terminal,
    isOutTty,
    rows,
    out: (text: string) => {
      writes.push(text)
      world.terminal.out(text)
    },
  }
  return { screen: openLiveScreen(terminal), out, writes }
}

describe('a live screen', () => {
  it('draws each frame in one write that clears nothing before it is drawn over', () => {
    const { screen, writes } = openOn(true, 10)
    writes.length = 0
    screen.draw('one\ntwo')
    expect(writes).toHaveLength(1)
    expect(writes[0]).toContain(`one${escape}[K\r\ntwo${escape}[K${escape}[J`)
    expect(writes[0]).not.toContain(`${escape}[2J`)
  })

  it('leaves out what does not fit, and says how much', () => {
    const { screen, out } = openOn(true, 3)
    screen.draw('one\ntwo\nthree\nfour\nfive')
    expect(out()).toContain('two')
    expect(out()).toContain('(3 more lines)')
    expect(out()).not.toContain('three')
  })

  it('gives the terminal back: the first screen and the cursor', () => {
    const { screen, out } = openOn(true, 10)
    screen.close()
    expect(out()).toBe(`${escape}[?1049h${escape}[?25l${escape}[?25h${escape}[?1049l`)
  })

  it('writes frames one after another where there is no terminal', () => {
    const { screen, out } = openOn(false, 10)
    screen.draw('one')
    screen.draw('two')
    screen.close()
    expect(out()).toBe('one\n\ntwo\n')
  })
})
