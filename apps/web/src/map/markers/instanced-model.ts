import type { Buffer, BufferLayout, Device, Texture } from '@luma.gl/core'
import { Geometry, Model } from '@luma.gl/engine'
import type { LookProps } from './look-uniforms.ts'

/** Colours leave our shaders multiplied by their alpha, which is what a canvas over a page expects. */
export const overlayParameters = {
  blend: true,
  blendColorOperation: 'add',
  blendColorSrcFactor: 'one',
  blendColorDstFactor: 'one-minus-src-alpha',
  blendAlphaOperation: 'add',
  blendAlphaSrcFactor: 'one',
  blendAlphaDstFactor: 'one-minus-src-alpha',
  depthWriteEnabled: false,
  depthCompare: 'always',
} as const

interface InstancedModelOptions {
  readonly id: string
  /** As `Layer.getShaders` gives them. */
  readonly shaders: object
  readonly layout: BufferLayout
  readonly bindings?: Readonly<Record<string, Texture>>
}

/** A rectangle drawn once an instance, from one interleaved buffer that is rewritten when its revision grows. */
export class InstancedModel {
  readonly model: Model
  readonly #device: Device
  readonly #layout: BufferLayout
  #buffer: Buffer | null = null
  #revision = -1

  constructor(device: Device, { id, shaders, layout, bindings = {} }: InstancedModelOptions) {
    this.#device = device
    this.#layout = layout
    this.model = new Model(device, {
      ...shaders,
      id,
      bufferLayout: [layout],
      bindings: { ...bindings },
      geometry: new Geometry({
        topology: 'triangle-strip',
        attributes: { positions: { size: 2, value: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]) } },
      }),
      isInstanced: true,
      instanceCount: 0,
    })
  }

  /** Uploads `bytes` unless this revision is already there. */
  write(bytes: Uint8Array, count: number, revision: number): void {
    if (revision === this.#revision) return
    this.#revision = revision
    if (this.#buffer === null || this.#buffer.byteLength < bytes.byteLength) {
      this.#buffer?.destroy()
      this.#buffer = this.#device.createBuffer({ byteLength: Math.max(bytes.byteLength, 64) })
      this.model.setAttributes({ [this.#layout.name]: this.#buffer })
    }
    if (count > 0) this.#buffer.write(bytes.subarray(0, count * this.#layout.byteStride!))
    this.model.setInstanceCount(count)
  }

  draw(renderPass: Parameters<Model['draw']>[0], look: LookProps): void {
    if (this.model.instanceCount === 0) return
    this.model.shaderInputs.setProps({ look })
    this.model.draw(renderPass)
  }

  destroy(): void {
    this.model.destroy()
    this.#buffer?.destroy()
  }
}
