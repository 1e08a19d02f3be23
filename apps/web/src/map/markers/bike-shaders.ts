/** The glide: the same formula as `MarkerColumns.drawnAt`, for ten thousand bikes at once. */
const place = /* glsl */ `
in vec2 positions;
in vec4 instanceFromTo;
in vec4 instanceTimes;
in vec4 instanceLook;

vec4 bike_clip() {
  float done = instanceTimes.y > 0.0 ? clamp((look.nowS - instanceTimes.x) / instanceTimes.y, 0.0, 1.0) : 1.0;
  vec3 at = vec3(mix(instanceFromTo.xy, instanceFromTo.zw, done), 0.0);
  geometry.worldPosition = at;
  return project_position_to_clipspace(at, vec3(0.0), vec3(0.0), geometry.position);
}

// Old fixes fade between two and five minutes, and never vanish: a lost bike must be found.
float bike_alpha() {
  float ageS = look.nowS - instanceTimes.z;
  return mix(1.0, 0.42, smoothstep(120.0, 300.0, ageS));
}
`

export const bikeVertex = /* glsl */ `#version 300 es
#define SHADER_NAME bike-vertex
${place}
out vec2 vAt;
flat out int vStatus;
flat out int vFlags;
flat out float vHeading;
flat out float vAlpha;

void main(void) {
  vStatus = int(instanceLook.x + 0.5);
  vFlags = int(instanceLook.y + 0.5);
  vHeading = instanceTimes.w;
  vAlpha = bike_alpha();
  // In marker radii: room for ring and badge only where there is one. Most of a fleet's pixels are saved.
  vAt = positions * ((vFlags & 12) != 0 ? 2.6 : (vFlags & 2) != 0 ? 1.9 : 1.55);
  gl_Position = bike_clip();
  gl_Position.xy += project_pixel_size_to_clipspace(vAt * look.radiusPx);
  if ((vFlags & 1) == 0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`

export const bikeFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bike-fragment
precision highp float;
in vec2 vAt;
flat in int vStatus;
flat in int vFlags;
flat in float vHeading;
flat in float vAlpha;
out vec4 fragColor;

// Distances to shapes after Inigo Quilez, https://iquilezles.org/articles/distfunctions2d/
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 pa = p - a, ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / dot(ba, ba), 0.0, 1.0));
}
float polygon(vec2 p, vec2 v[4], int n) {
  float d = 1e9;
  float s = 1.0;
  for (int i = 0, j = n - 1; i < n; j = i, i++) {
    d = min(d, segment(p, v[i], v[j]));
    bvec3 c = bvec3(p.y >= v[i].y, p.y < v[j].y, (v[j].x - v[i].x) * (p.y - v[i].y) > (v[j].y - v[i].y) * (p.x - v[i].x));
    if (all(c) || all(not(c))) s = -s;
  }
  return s * d;
}
float box(vec2 p, vec2 half_, float r) {
  vec2 q = abs(p) - half_ + r;
  return min(max(q.x, q.y), 0.0) + length(max(q, 0.0)) - r;
}

float shape(vec2 p) {
  if (vStatus == 0) return length(p) - 0.86;
  if (vStatus == 1) {
    if (vHeading < 0.0) return abs(length(p) - 0.66) - 0.3;
    float a = radians(vHeading);
    vec2 q = vec2(p.x * cos(a) - p.y * sin(a), p.x * sin(a) + p.y * cos(a));
    return polygon(q, vec2[4](vec2(0.0, 1.22), vec2(0.86, -0.92), vec2(0.0, -0.5), vec2(-0.86, -0.92)), 4) - 0.1;
  }
  if (vStatus == 2) return box(p, vec2(0.8), 0.22);
  if (vStatus == 3) return (abs(p.x) + abs(p.y) - 1.06) * 0.7071 - 0.06;
  return polygon(p, vec2[4](vec2(0.0, 1.06), vec2(1.0, -0.76), vec2(-1.0, -0.76), vec2(-1.0, -0.76)), 3) - 0.1;
}

float cover(float d) {
  return clamp(0.5 - d * look.radiusPx * look.devicePixels, 0.0, 1.0);
}

// 'over' of colours that are not yet multiplied by their alpha.
void over(inout vec4 below, vec3 color, float alpha) {
  below.rgb = mix(below.rgb, color, alpha);
  below.a = below.a + alpha * (1.0 - below.a);
}

void main(void) {
  float px = 1.0 / look.radiusPx;
  float d = shape(vAt);
  vec4 c = vec4(look.halo.rgb, 0.0);
  bool selected = (vFlags & 4) != 0;
  bool hovered = (vFlags & 8) != 0;
  if (selected || hovered) {
    float r = length(vAt);
    if (selected) over(c, look.accent.rgb, 0.16 * cover(r - 2.05));
    over(c, look.halo.rgb, cover(abs(r - 1.8) - 2.2 * px));
    over(c, look.accent.rgb, (selected ? 1.0 : 0.7) * cover(abs(r - 1.8) - 1.2 * px));
  }
  over(c, look.halo.rgb, 0.95 * vAlpha * cover(d - 1.6 * px));
  vec3 fill = look_status(vStatus).rgb;
  fill = mix(fill, vec3(dot(fill, vec3(0.3, 0.6, 0.1))), (1.0 - vAlpha) * 0.7);
  over(c, fill, vAlpha * cover(d));
  // An eye in the shape: workshop diamonds and missing triangles read at a glance.
  if (vStatus == 4) {
    float mark = min(box(vAt - vec2(0.0, 0.18), vec2(0.11, 0.36), 0.1), length(vAt + vec2(0.0, 0.45)) - 0.15);
    over(c, look.halo.rgb, cover(mark));
  }
  if (vStatus == 2) {
    float bolt = min(segment(vAt, vec2(0.14, 0.5), vec2(-0.18, -0.04)), min(segment(vAt, vec2(-0.18, -0.04), vec2(0.18, 0.04)), segment(vAt, vec2(0.18, 0.04), vec2(-0.14, -0.5)))) - 0.12;
    over(c, look.halo.rgb, cover(bolt));
  }
  if (vStatus == 3) over(c, look.halo.rgb, cover(abs(length(vAt) - 0.3) - 0.11));
  if ((vFlags & 2) != 0) {
    // An emptied battery at the shoulder.
    vec2 b = vAt - vec2(1.05, 0.95);
    over(c, look.halo.rgb, cover(box(b, vec2(0.62, 0.45), 0.18)));
    over(c, look.warn.rgb, cover(box(b, vec2(0.48, 0.31), 0.1)));
    over(c, look.halo.rgb, cover(box(b - vec2(0.13, 0.0), vec2(0.25, 0.17), 0.05)));
  }
  if (c.a < 0.004) discard;
  fragColor = vec4(c.rgb * c.a, c.a);
}
`

export const labelVertex = /* glsl */ `#version 300 es
#define SHADER_NAME bike-label-vertex
${place}
in vec4 instanceCodeA;
in vec4 instanceCodeB;
in vec4 instanceCodeC;
out vec2 vPx;
flat out vec4 vA;
flat out vec4 vB;
flat out vec4 vC;
flat out float vLength;
flat out float vAlpha;

void main(void) {
  vA = instanceCodeA;
  vB = instanceCodeB;
  vC = instanceCodeC;
  vec4 used = vec4(lessThan(vA, vec4(254.5)));
  used += vec4(lessThan(vB, vec4(254.5)));
  used += vec4(lessThan(vC, vec4(254.5)));
  vLength = dot(used, vec4(1.0));
  vAlpha = bike_alpha();
  int flags = int(instanceLook.y + 0.5);
  vec2 half_ = vec2(vLength * look.type.x * 0.5 + 4.0, look.type.y * 0.5 + 1.0);
  vPx = positions * half_;
  gl_Position = bike_clip();
  vec2 offset = vPx + vec2(0.0, -(look.radiusPx * 1.5 + half_.y + 1.0));
  gl_Position.xy += project_pixel_size_to_clipspace(offset);
  if ((flags & 1) == 0 || look.labels < 0.5) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`

/** A letter of a text in equal cells: shared with the counts of clusters. */
export const glyphLookup = /* glsl */ `
float glyph(sampler2D atlas, vec2 px, float length_, vec4 a, vec4 b, vec4 c) {
  float x = px.x / look.type.x + length_ * 0.5;
  int i = int(floor(x));
  if (i < 0 || float(i) >= length_ || abs(px.y) > look.type.y * 0.5) return 0.0;
  float place = (i < 4 ? a[i] : i < 8 ? b[i - 4] : c[i - 8]);
  vec2 uv = vec2((place + fract(x)) / look.type.z, 0.5 - px.y / look.type.y);
  return textureLod(atlas, uv, 0.0).a;
}
`

export const labelFragment = /* glsl */ `#version 300 es
#define SHADER_NAME bike-label-fragment
precision highp float;
uniform sampler2D atlas;
in vec2 vPx;
flat in vec4 vA;
flat in vec4 vB;
flat in vec4 vC;
flat in float vLength;
flat in float vAlpha;
out vec4 fragColor;
${glyphLookup}
void main(void) {
  vec2 half_ = vec2(vLength * look.type.x * 0.5 + 4.0, look.type.y * 0.5 + 1.0);
  vec2 q = abs(vPx) - half_ + 3.0;
  float plate = clamp(0.5 - (length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - 3.0) * look.devicePixels, 0.0, 1.0) * 0.88;
  float ink = glyph(atlas, vPx, vLength, vA, vB, vC);
  vec3 color = mix(look.halo.rgb, look.ink.rgb, ink);
  float alpha = max(plate, ink) * max(vAlpha, 0.7);
  fragColor = vec4(color * alpha, alpha);
}
`
