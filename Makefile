# make run    the window on the demo; without a display: demo.mp4
# make test   all tests          make lint    style and types
# make bench  measured figures   make wheel   dist/*.whl
# make gallery  docs/gallery: what the shipped generators do, with verdicts (minutes, no display)
# make mutants  do the tests notice a line that is wrong (an hour or more)
# Each does all set-up that is missing first; what is done is remembered in .venv, so that a second start is fast.

.PHONY: run test bench lint mutants gallery wheel clean
.DELETE_ON_ERROR:

SHELL := bash
PYTHON_IN := .venv/bin/python
DEMO_MODEL := models/humanoid-generator-latent.safetensors
# A display: a desktop system, or an X or Wayland server that this shell knows of.
DISPLAYED := $(filter Darwin,$(shell uname))$(DISPLAY)$(WAYLAND_DISPLAY)

run: .venv/.ready-run
ifneq ($(DISPLAYED),)
	@.venv/bin/poseviewer
else
	@echo "There is no display here: the demo becomes a film instead."
	@.venv/bin/poseviewer export resources/demo.h5 --clip walk --model $(DEMO_MODEL) --generate 50 -o demo.mp4
	@echo "Open it: $(CURDIR)/demo.mp4"
endif

test: .venv/.ready-test
	@$(PYTHON_IN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: .venv/.ready-test
	@for measure in tests/benchmarks/bench_*.py; do echo "== $$measure"; $(PYTHON_IN) $$measure || exit 1; done

lint: .venv/.ready-test
	@.venv/bin/ruff check poseviewer tests scripts
	@.venv/bin/mypy

mutants: .venv/.ready-test
	@$(PYTHON_IN) -m tests.mutation --workers 2

gallery: .venv/.ready-run
	@$(PYTHON_IN) scripts/make_gallery.py

wheel: .venv/.ready-test
	@$(PYTHON_IN) -m build --wheel --outdir dist

clean:
	rm -rf .venv .mutation dist build .pytest_cache .mypy_cache .ruff_cache demo.mp4

.venv/.ready-run: pyproject.toml constraints.txt .ci/setup
	@.ci/setup run
	@touch $@

.venv/.ready-test: pyproject.toml constraints.txt .ci/setup
	@.ci/setup test
	@touch $@ .venv/.ready-run
