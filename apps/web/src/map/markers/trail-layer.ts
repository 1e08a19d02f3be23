import { Layer, type LayerContext, type LayerProps, project32 } from '@deck.gl/core'
import type { Model } from '@luma.gl/engine'
import { InstancedModel, overlayParameters } from './instanced-model.ts'
import { lookModule, type LookProps } from './look-uniforms.ts'
import { type TrailBuffer, trailStride } from './trail-buffer.ts'
import { trailFragment, trailVertex } from './trail-shaders.ts'

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
          byteStride: trailStride,
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
