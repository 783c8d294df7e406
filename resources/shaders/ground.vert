// The disc of ground that is not yet faded out, as a fan of 16 triangles.
out vec2 at;   // world x, z from the centre of the action

void main() {
    float turn = float(gl_VertexID - 1) * 0.39269908;
    at = gl_VertexID == 0 ? vec2(0.0) : vec2(cos(turn), sin(turn)) * (ground.w * 1.0196);
    gl_Position = projection * view * vec4(ground.x + at.x, ground.y, ground.z + at.y, 1.0);
}
