// The shadow mask laid on the ground.
out vec2 uv;

void main() {
    uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 at = shadow.xy + uv / shadow.zw;
    gl_Position = projection * view * vec4(at.x, ground.y, at.y, 1.0);
}
