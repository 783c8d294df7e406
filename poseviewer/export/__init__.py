"""What leaves the program: films, pictures, motion as BVH, arrays and tables. Nothing appears before it is complete."""
