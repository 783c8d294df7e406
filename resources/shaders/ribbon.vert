// A trail: two vertices a point, pushed apart across the trail; at least a px wide, fainter instead of thinner.
layout(location = 0) in vec3 point;
layout(location = 1) in vec3 tangent;
layout(location = 2) in vec4 colour_in;   // sRGB, opacity
layout(location = 3) in vec4 shape;       // side (-1, 1), half-width m, length so far m, dash m or 0
out vec4 tint;
out vec4 across;                          // px from the middle, half-width px, length so far, dash

void main() {
    vec3 p = (view * vec4(point, 1.0)).xyz, t = (view * vec4(tangent, 0.0)).xyz;
    vec3 to_eye = lens.w > 0.5 ? vec3(0.0, 0.0, 1.0) : -normalize(p);
    vec3 n = cross(t, to_eye);
    float size = length(n);
    n = size > 1e-6 ? n / size : vec3(0.0, 1.0, 0.0);
    float px = lens.z * (lens.w > 0.5 ? 1.0 : max(-p.z, 1e-3));
    float half_px = max(shape.y / px, 0.55), wide_px = half_px + 0.75;
    tint = vec4(colour_in.rgb, colour_in.a * min(1.0, shape.y / px / 0.55));
    across = vec4(shape.x * wide_px, half_px, shape.z, shape.w);
    gl_Position = projection * vec4(p + n * (shape.x * wide_px * px), 1.0);
}
