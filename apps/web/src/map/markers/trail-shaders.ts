/** Trail segments: 2 points, when each was reached, and the glide of the newest one. */
export const trailVertex = /* glsl */ `#version 300 es
#define SHADER_NAME trail-vertex
in vec2 positions;
in vec4 instanceFromTo;
in vec4 instanceTimes;
out vec2 vPx;
flat out vec2 vAlong;
flat out float vFade;

void main(void) {
  // Only the newest segment still glides; it ends under the moving marker.
  float done = instanceTimes.y > 0.0 ? clamp((look.nowS - instanceTimes.x) / instanceTimes.y, 0.0, 1.0) : 1.0;
  vec3 from = vec3(instanceFromTo.xy, 0.0);
  vec3 to = vec3(mix(instanceFromTo.xy, instanceFromTo.zw, done), 0.0);
  geometry.worldPosition = from;
  vec4 a = project_position_to_clipspace(from, vec3(0.0), vec3(0.0), geometry.position);
  vec4 b = project_position_to_clipspace(to, vec3(0.0), vec3(0.0), geometry.position);
  vec2 scale = project.viewportSize / project.devicePixelRatio * 0.5;
  vec2 along = (b.xy / b.w - a.xy / a.w) * scale;
  float len = max(length(along), 1e-4);
  vec2 dir = along / len;
  vec2 side = vec2(-dir.y, dir.x);
  float pad = 4.0;
  float t = positions.x * 0.5 + 0.5;
  vPx = vec2(mix(-pad, len + pad, t), positions.y * pad);
  vAlong = vec2(0.0, len);
  vFade = clamp((look.nowS - instanceTimes.z) / instanceTimes.w, 0.0, 1.0);
  gl_Position = a;
  gl_Position.xy += project_pixel_size_to_clipspace(dir * vPx.x + side * vPx.y);
}
`

export const trailFragment = /* glsl */ `#version 300 es
#define SHADER_NAME trail-fragment
precision highp float;
in vec2 vPx;
flat in vec2 vAlong;
flat in float vFade;
out vec4 fragColor;

void main(void) {
  float d = length(vPx - vec2(clamp(vPx.x, vAlong.x, vAlong.y), 0.0)) - 1.9;
  float fade = mix(0.95, 0.14, vFade);
  float alpha = clamp(0.5 - d * look.devicePixels, 0.0, 1.0) * fade;
  if (alpha < 0.004) discard;
  fragColor = vec4(look.accent.rgb * alpha, alpha);
}
`
