"""`python -m poseviewer`: the same as the command `poseviewer`."""

import sys

from poseviewer.cli import main

sys.exit(main())
