// The square of ground that is not yet faded out.
out vec2 at;   // world x, z from the centre of the action

void main() {
    at = (vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0) * ground.w;
    gl_Position = projection * view * vec4(ground.x + at.x, ground.y, ground.z + at.y, 1.0);
}
