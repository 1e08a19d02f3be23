import { COORDINATE_SYSTEM, Layer, type LayerContext, type LayerProps, project32 } from '@deck.gl/core'
import type { Texture } from '@luma.gl/core'
import type { Model } from '@luma.gl/engine'
import { type BikeBuffer, bikeStride } from './bike-buffer.ts'
import { bikeFragment, bikeVertex, labelFragment, labelVertex } from './bike-shaders.ts'
import { createGlyphAtlas } from './glyph-atlas.ts'
import { InstancedModel, overlayParameters } from './instanced-model.ts'
import { lookModule, type LookProps } from './look-uniforms.ts'
import { mapOrigin } from './origin.ts'

/** What all our layers share: offsets in degrees from `mapOrigin`, and no picking by the graphics card. */
export const overlayLayerProps = {
  coordinateSystem: COORDINATE_SYSTEM.LNGLAT_OFFSETS,
  coordinateOrigin: [mapOrigin.lon, mapOrigin.lat, 0] as [number, number, number],
  parameters: overlayParameters,
  pickable: false,
}

interface BikeLayerProps extends LayerProps {
  readonly buffer: BikeBuffer
  /** Read at each draw, so that no layer is made anew for a frame. */
  readonly lookAt: (epochMs: number) => LookProps
}

const layout = (name: string, labels: boolean) => ({
  name,
  stepMode: 'instance' as const,
  byteStride: bikeStride,
  attributes: [
    { attribute: 'instanceFromTo', format: 'float32x4' as const, byteOffset: 0 },
    { attribute: 'instanceTimes', format: 'float32x4' as const, byteOffset: 16 },
    { attribute: 'instanceLook', format: 'uint8x4' as const, byteOffset: 32 },
    ...(labels
      ? [
          { attribute: 'instanceCodeA', format: 'uint8x4' as const, byteOffset: 36 },
          { attribute: 'instanceCodeB', format: 'uint8x4' as const, byteOffset: 40 },
          { attribute: 'instanceCodeC', format: 'uint8x4' as const, byteOffset: 44 },
        ]
      : []),
  ],
})

interface BikeLayerState {
  markers: InstancedModel
  labels: InstancedModel
  atlas: Texture
  [key: string]: unknown
}

/** Bikes and, when zoomed in, their codes. */
export class BikeLayer extends Layer<BikeLayerProps> {
  static override layerName = 'BikeLayer'
  declare state: BikeLayerState

  override initializeState({ device }: LayerContext): void {
    const modules = [project32, lookModule]
    const atlas = createGlyphAtlas(device)
    this.setState({
      atlas,
      markers: new InstancedModel(device, {
        id: `${this.props.id}-markers`,
        shaders: super.getShaders({ vs: bikeVertex, fs: bikeFragment, modules }) as object,
        layout: layout('bikes', false),
      }),
      labels: new InstancedModel(device, {
        id: `${this.props.id}-labels`,
        shaders: super.getShaders({ vs: labelVertex, fs: labelFragment, modules }) as object,
        layout: layout('labels', true),
        bindings: { atlas },
      }),
    })
  }

  override getModels(): Model[] {
    return this.state.markers ? [this.state.markers.model, this.state.labels.model] : []
  }

  override draw({ renderPass }: Parameters<Layer['draw']>[0]): void {
    const { buffer, lookAt } = this.props
    const look = lookAt(buffer.epochMs)
    const { markers, labels } = this.state
    markers.write(buffer.bytes, buffer.count, buffer.revision)
    if (look.labels > 0) {
      labels.write(buffer.bytes, buffer.count, buffer.revision)
      labels.draw(renderPass, look)
    }
    markers.draw(renderPass, look)
  }

  override finalizeState(context: LayerContext): void {
    this.state.markers.destroy()
    this.state.labels.destroy()
    this.state.atlas.destroy()
    super.finalizeState(context)
  }
}
