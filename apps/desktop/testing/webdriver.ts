import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { decode } from 'fast-png'
import { until } from '../../fleet/testing/fleet-command.ts'

/**
 * The window, by the W3C WebDriver protocol that WebKitWebDriver speaks. `tauri-driver` would stand in between only to
 * translate one capability, so the tests do without.
 */
export class WebDriver {
  readonly #process: ChildProcess
  readonly #session: string

  private constructor(driver: ChildProcess, session: string) {
    this.#process = driver
    this.#session = session
  }

  /** Starts the program and takes hold of its window. The driver is owned from now on. */
  static async open(
    driver: ChildProcess,
    port: number,
    [binary, ...args]: readonly string[],
  ): Promise<WebDriver> {
    const url = `http://127.0.0.1:${port}`
    await until(
      'the driver answers',
      () =>
        fetch(`${url}/status`).then(
          () => true,
          () => null,
        ),
      60_000,
    )
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } }
    const { sessionId } = await send<{ sessionId: string }>('POST', `${url}/session`, { capabilities })
    return new WebDriver(driver, `${url}/session/${sessionId}`)
  }

  /** Runs the body of a function in the page; a promise that it returns is waited for. */
  run<T>(body: string, ...args: readonly unknown[]): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      (async (...args) => { ${body} })(...arguments).then((value) => done({ value }), (error) => done({ error: String(error) }))`
    return send<{ value: T; error?: string }>('POST', `${this.#session}/execute/async`, {
      script,
      args,
    }).then(({ value, error }) => {
      if (error !== undefined) throw new Error(error)
      return value
    })
  }

  url(): Promise<string> {
    return send('GET', `${this.#session}/url`)
  }

  text(): Promise<string> {
    return this.run('return document.body.innerText')
  }

  /** Waits until the page shows this text. */
  async untilText(text: string): Promise<void> {
    await until(
      `the window shows "${text}"`,
      async () => ((await this.text().catch(() => '')).includes(text) ? true : null),
      60_000,
    )
  }

  async click(selector: string): Promise<void> {
    const element = await send<Record<string, string>>('POST', `${this.#session}/element`, {
      using: 'css selector',
      value: selector,
    })
    await send('POST', `${this.#session}/element/${Object.values(element)[0]}/click`, {})
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await send<string>('GET', `${this.#session}/screenshot`), 'base64')
  }

  /** Waits until the map shows something: many colours, where an unpainted canvas has one. Resolves to the picture. */
  untilMapPainted(): Promise<Buffer> {
    return until(
      'the map is painted',
      async () => {
        const box = await this.run<{ left: number; top: number; width: number; height: number } | null>(
          `const canvas = document.querySelector('canvas.maplibregl-canvas')
         if (!canvas) return null
         const { left, top, width, height } = canvas.getBoundingClientRect()
         return { left, top, width, height }`,
        ).catch(() => null)
        if (!box) return null
        const png = await this.screenshot()
        const { width, channels, data } = decode(png)
        const colours = new Set<string>()
        // Its middle: legend and buttons lie over its borders.
        for (let y = box.top + box.height / 4; y < box.top + (box.height * 3) / 4; y += 2)
          for (let x = box.left + box.width / 4; x < box.left + (box.width * 3) / 4; x += 2) {
            const at = (Math.floor(y) * width + Math.floor(x)) * channels
            colours.add(data.slice(at, at + 3).join())
          }
        return colours.size > 60 ? png : null
      },
      60_000,
    )
  }

  /** Ends the driver; the app may be gone already. */
  async end(): Promise<void> {
    this.#process.kill('SIGKILL')
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit')
  }
}

async function send<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
  if (!response.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`)
  return value
}
