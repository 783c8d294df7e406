"""What a person does with the window: each verb as a function that does it with real events and says what must follow.

A verb is done to every thing of things.py, from the same rest: the thing's first clip at its first frame, nothing held,
nothing generated. It raises AssertionError where a person would not see what the verb promises, or, where the thing
allows no such thing, no sentence that says so.
"""

from tests.views.driving.verbs import opening, watching, latents, generating, exporting, window  # noqa: F401, I001
from tests.views.driving.verbs.bench import VERBS, Bench

__all__ = ["VERBS", "Bench"]
