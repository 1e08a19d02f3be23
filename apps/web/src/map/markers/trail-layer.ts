import { Layer, type LayerContext, type LayerProps, project32 } from '@deck.gl/core'
import type { Model } from '@luma.gl/engine'
import { InstancedModel, overlayParameters } from './instanced-model.ts'
import { lookModule, type LookProps } from './look-uniforms.ts'
import { mapOrigin } from './origin.ts'
import { trailFragment, trailVertex } from './trail-shaders.ts'

/** A place that the bike was at. Times are of this machine's clock, epoch ms. */
export interface TrailPoint {
  readonly lat: number
  readonly lon: number
  readonly timeMs: number
}

/** A segment whose end still moves: see `MarkerColumns`. */
export interface TrailHead extends TrailPoint {
  readonly glideStartMs: number
  readonly glideMs: number
}

/** Farther apart in time, two fixes are no ride but an absence. */
const maxGapMs = 10 * 60_000
/** f32 x4 from and to, f32 x4 glide start s, glide s, reached s, unused. */
const stride = 32

export class TrailBuffer {
  count = 0
  revision = 0
  epochMs = 0
  bytes = new Uint8Array(0)

  /** @param points oldest first */
  pack(points: readonly TrailPoint[], head: TrailHead | null, nowMs: number): void {
    const all: readonly (TrailPoint | TrailHead)[] = head === null ? points : [...points, head]
    if (this.bytes.length < all.length * stride) this.bytes = new Uint8Array((all.length + 64) * stride)
    const floats = new Float32Array(this.bytes.buffer)
    this.epochMs = nowMs
    let row = 0
    for (let i = 1; i < all.length; i++) {
      const a = all[i - 1]!
      const b = all[i]!
      if (b.timeMs - a.timeMs > maxGapMs) continue
      const f = row * 8
      floats[f] = a.lon - mapOrigin.lon
      floats[f + 1] = a.lat - mapOrigin.lat
      floats[f + 2] = b.lon - mapOrigin.lon
      floats[f + 3] = b.lat - mapOrigin.lat
      floats[f + 4] = 'glideMs' in b ? (b.glideStartMs - nowMs) / 1000 : 0
      floats[f + 5] = 'glideMs' in b ? b.glideMs / 1000 : 0
      floats[f + 6] = (b.timeMs - nowMs) / 1000
      row++
    }
    this.count = row
    this.revision++
  }
}

interface TrailLayerProps extends LayerProps {
  readonly buffer: TrailBuffer
  readonly lookAt: (epochMs: number) => LookProps
}

/**
 * Where segments overlap at a bend, the stronger one counts (`max`): with ordinary blending every bend would be a
 * dark dot. Works because the overlay's canvas is empty below the trail.
 */
export const trailParameters = {
  ...overlayParameters,
  blendColorOperation: 'max',
  blendAlphaOperation: 'max',
  blendColorDstFactor: 'one',
  blendAlphaDstFactor: 'one',
} as const

interface TrailLayerState {
  segments: InstancedModel
  [key: string]: unknown
}

/** The way that the selected bike came, paler the longer ago. */
export class TrailLayer extends Layer<TrailLayerProps> {
  static override layerName = 'TrailLayer'
  declare state: TrailLayerState

  override initializeState({ device }: LayerContext): void {
    this.setState({
      segments: new InstancedModel(device, {
        id: `${this.props.id}-segments`,
        shaders: super.getShaders({
          vs: trailVertex,
          fs: trailFragment,
          modules: [project32, lookModule],
        }) as object,
        layout: {
          name: 'trail',
          stepMode: 'instance',
          byteStride: stride,
          attributes: [
            { attribute: 'instanceFromTo', format: 'float32x4', byteOffset: 0 },
            { attribute: 'instanceTimes', format: 'float32x4', byteOffset: 16 },
          ],
        },
      }),
    })
  }

  override getModels(): Model[] {
    return this.state.segments ? [this.state.segments.model] : []
  }

  override draw({ renderPass }: Parameters<Layer['draw']>[0]): void {
    const { buffer, lookAt } = this.props
    this.state.segments.write(buffer.bytes, buffer.count, buffer.revision)
    this.state.segments.draw(renderPass, lookAt(buffer.epochMs))
  }

  override finalizeState(context: LayerContext): void {
    this.state.segments.destroy()
    super.finalizeState(context)
  }
}
