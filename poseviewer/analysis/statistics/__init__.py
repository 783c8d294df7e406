"""Statistics of motions, frame by frame: small classes, a file a family. Their extremes tell drift or collapse."""

import warnings

# of joints that are not known: their values are NaN, which is what they should be. Once for all threads: a context that
# ignores warnings is no context of one thread alone
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"poseviewer\.analysis\.")
warnings.filterwarnings("ignore", "All-NaN|Mean of empty slice|invalid value encountered", RuntimeWarning, r"numpy\.")
