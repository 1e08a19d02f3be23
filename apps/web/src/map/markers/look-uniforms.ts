import { bikeStatuses } from '@fleet/domain'
import { rgbOf, type Scheme, statusLooks } from '../../theme/statuses.ts'
import { glyphHeightPx, glyphWidthPx } from './glyph-atlas.ts'
import { glyphs } from './bike-buffer.ts'

type Vec4 = [number, number, number, number]
const opaque = (hex: string): Vec4 => [...rgbOf(hex), 1]

/** What every marker shader knows. */
export type LookProps = {
  readonly status0: Vec4
  readonly status1: Vec4
  readonly status2: Vec4
  readonly status3: Vec4
  readonly status4: Vec4
  readonly halo: Vec4
  readonly ink: Vec4
  readonly accent: Vec4
  readonly warn: Vec4
  /** Letter width and height in CSS px, number of letters in the atlas, scheme is dark. */
  readonly type: Vec4
  /** Seconds after the buffer's epoch. */
  nowS: number
  /** Marker radius, CSS px. */
  radiusPx: number
  /** 0 no labels, 1 labels. */
  labels: number
  devicePixels: number
}

export const lookModule = {
  name: 'look',
  vs: block(),
  fs: block(),
  uniformTypes: {
    status0: 'vec4<f32>',
    status1: 'vec4<f32>',
    status2: 'vec4<f32>',
    status3: 'vec4<f32>',
    status4: 'vec4<f32>',
    halo: 'vec4<f32>',
    ink: 'vec4<f32>',
    accent: 'vec4<f32>',
    warn: 'vec4<f32>',
    type: 'vec4<f32>',
    nowS: 'f32',
    radiusPx: 'f32',
    labels: 'f32',
    devicePixels: 'f32',
  },
} as const

function block(): string {
  return `\
layout(std140) uniform lookUniforms {
  vec4 status0;
  vec4 status1;
  vec4 status2;
  vec4 status3;
  vec4 status4;
  vec4 halo;
  vec4 ink;
  vec4 accent;
  vec4 warn;
  vec4 type;
  float nowS;
  float radiusPx;
  float labels;
  float devicePixels;
} look;

vec4 look_status(int status) {
  return status == 0 ? look.status0 : status == 1 ? look.status1 : status == 2 ? look.status2
    : status == 3 ? look.status3 : look.status4;
}
`
}

export type SchemeLook = Omit<LookProps, 'nowS' | 'radiusPx' | 'labels' | 'devicePixels'>

export function schemeLook(scheme: Scheme): SchemeLook {
  const [status0, status1, status2, status3, status4] = bikeStatuses.map((status) =>
    opaque(statusLooks[status].color[scheme]),
  ) as [Vec4, Vec4, Vec4, Vec4, Vec4]
  const light = scheme === 'light'
  return {
    status0,
    status1,
    status2,
    status3,
    status4,
    halo: opaque(light ? '#ffffff' : '#0d1114'),
    ink: opaque(light ? '#1b2329' : '#e6eaed'),
    accent: opaque(light ? '#0b62b8' : '#8cc6ff'),
    warn: opaque(light ? '#e0520c' : '#ff9a4d'),
    type: [glyphWidthPx, glyphHeightPx, glyphs.length, light ? 0 : 1],
  }
}
