import { glyphLookup } from './bike-shaders.ts'

export const clusterVertex = /* glsl */ `#version 300 es
#define SHADER_NAME cluster-vertex
in vec2 positions;
in vec4 instancePlace;
in vec4 instanceShares;
in vec4 instanceCount;
in vec4 instanceCountB;
out vec2 vPx;
flat out float vRadius;
flat out vec4 vShares;
flat out vec4 vA;
flat out vec4 vB;

void main(void) {
  vec3 at = vec3(instancePlace.xy, 0.0);
  vRadius = instancePlace.z;
  vShares = instanceShares;
  vA = instanceCount;
  vB = instanceCountB;
  vPx = positions * (vRadius + 4.0);
  geometry.worldPosition = at;
  gl_Position = project_position_to_clipspace(at, vec3(0.0), vec3(0.0), geometry.position);
  gl_Position.xy += project_pixel_size_to_clipspace(vPx);
}
`

/** A plate with the count, in a ring that is divided as its bikes' statuses are. */
export const clusterFragment = /* glsl */ `#version 300 es
#define SHADER_NAME cluster-fragment
precision highp float;
uniform sampler2D atlas;
in vec2 vPx;
flat in float vRadius;
flat in vec4 vShares;
flat in vec4 vA;
flat in vec4 vB;
out vec4 fragColor;
${glyphLookup}
float cover(float d) {
  return clamp(0.5 - d * look.devicePixels, 0.0, 1.0);
}
void main(void) {
  float r = length(vPx);
  float turn = atan(vPx.x, vPx.y) / 6.2831853;
  turn = turn < 0.0 ? turn + 1.0 : turn;
  int status = turn < vShares.x ? 0 : turn < vShares.y ? 1 : turn < vShares.z ? 2 : turn < vShares.w ? 3 : 4;
  vec3 plate = mix(look.halo.rgb, look.ink.rgb, look.type.w * 0.09);
  float shadow = 0.22 * (1.0 - smoothstep(vRadius - 1.0, vRadius + 4.0, r));
  vec3 color = vec3(0.0);
  float alpha = shadow;
  float disc = cover(r - vRadius);
  color = mix(color, plate, disc);
  alpha = max(alpha, disc);
  float ring = cover(abs(r - (vRadius - 3.5)) - 2.0);
  color = mix(color, look_status(status).rgb, ring);
  vec4 used = vec4(lessThan(vA, vec4(254.5))) + vec4(lessThan(vB, vec4(254.5)));
  float ink = glyph(atlas, vPx, dot(used, vec4(1.0)), vA, vB, vB);
  color = mix(color, look.ink.rgb, ink);
  if (alpha < 0.004) discard;
  fragColor = vec4(color * alpha, alpha);
}
`
