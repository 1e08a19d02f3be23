import { Layer, type LayerContext, type LayerProps, project32 } from '@deck.gl/core'
import type { Texture } from '@luma.gl/core'
import type { Model } from '@luma.gl/engine'
import { writeGlyphs } from './bike-buffer.ts'
import { clusterFragment, clusterVertex } from './cluster-shaders.ts'
import type { Cluster } from './clusters.ts'
import { createGlyphAtlas } from './glyph-atlas.ts'
import { InstancedModel } from './instanced-model.ts'
import { lookModule, type LookProps } from './look-uniforms.ts'
import { mapOrigin } from './origin.ts'

/** f32 x4 place and radius, f32 x4 cumulated shares of the first four statuses, u8 x8 the count. */
const stride = 40
const countLength = 8

/** Radius of a ring, CSS px: area grows with the count, slowly. */
export const clusterRadiusPx = (count: number): number => 14 + Math.min(14, Math.log2(count) * 1.7)

/** `87`, `940`, `1.2k`: what fits into a ring. */
export const clusterCount = (count: number): string =>
  count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 9950 ? 1 : 0)}k`

export class ClusterBuffer {
  count = 0
  revision = 0
  bytes = new Uint8Array(0)

  pack(clusters: readonly Cluster[]): void {
    if (this.bytes.length < clusters.length * stride)
      this.bytes = new Uint8Array((clusters.length + 32) * stride)
    const floats = new Float32Array(this.bytes.buffer)
    clusters.forEach((cluster, row) => {
      const f = (row * stride) / 4
      floats[f] = cluster.lon - mapOrigin.lon
      floats[f + 1] = cluster.lat - mapOrigin.lat
      floats[f + 2] = clusterRadiusPx(cluster.count)
      let sum = 0
      for (let status = 0; status < 4; status++) {
        sum += cluster.byStatus[status]! / cluster.count
        floats[f + 4 + status] = sum
      }
      writeGlyphs(this.bytes, row * stride + 32, countLength, clusterCount(cluster.count))
    })
    this.count = clusters.length
    this.revision++
  }
}

interface ClusterLayerProps extends LayerProps {
  readonly buffer: ClusterBuffer
  readonly lookAt: (epochMs: number) => LookProps
}

interface ClusterLayerState {
  rings: InstancedModel
  atlas: Texture
  [key: string]: unknown
}

export class ClusterLayer extends Layer<ClusterLayerProps> {
  static override layerName = 'ClusterLayer'
  declare state: ClusterLayerState

  override initializeState({ device }: LayerContext): void {
    const atlas = createGlyphAtlas(device)
    this.setState({
      atlas,
      rings: new InstancedModel(device, {
        id: `${this.props.id}-rings`,
        shaders: super.getShaders({
          vs: clusterVertex,
          fs: clusterFragment,
          modules: [project32, lookModule],
        }) as object,
        bindings: { atlas },
        layout: {
          name: 'clusters',
          stepMode: 'instance',
          byteStride: stride,
          attributes: [
            { attribute: 'instancePlace', format: 'float32x4', byteOffset: 0 },
            { attribute: 'instanceShares', format: 'float32x4', byteOffset: 16 },
            { attribute: 'instanceCount', format: 'uint8x4', byteOffset: 32 },
            { attribute: 'instanceCountB', format: 'uint8x4', byteOffset: 36 },
          ],
        },
      }),
    })
  }

  override getModels(): Model[] {
    return this.state.rings ? [this.state.rings.model] : []
  }

  override draw({ renderPass }: Parameters<Layer['draw']>[0]): void {
    const { buffer, lookAt } = this.props
    this.state.rings.write(buffer.bytes, buffer.count, buffer.revision)
    this.state.rings.draw(renderPass, lookAt(0))
  }

  override finalizeState(context: LayerContext): void {
    this.state.rings.destroy()
    this.state.atlas.destroy()
    super.finalizeState(context)
  }
}
