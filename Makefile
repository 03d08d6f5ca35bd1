# make book       the rendered book, in _build/html
# make book PHOTOS=1  with BCCD's photographs, downloaded or in D2L_SSD_BCCD
# make test       all tests, on the book as built
# make test-modern  unit tests and chapters on Python 3.13 or 3.12 with NumPy 2
# make serve      the book at http://localhost:8000 (or PORT=…)
# make pdf        the whole book as one file, _build/book.pdf
# make notebooks  run the chapters and store their outputs (or CHAPTERS=book/anchors.ipynb)
# make save       write what is generated: d2l_ssd/ from the chapters' #@save cells,
#                 their set-up cells, the explorers' bundles
# make format     format the code, notebooks included
# make bench      what has to be timed: targets, detections, the explorers' drawings,
#                 the playground's training
# make playground-table  train the playground's knobs and bugs on 20 seeds: hours, and
#                 it goes on where it was stopped
# make own-thing-table  teach the drawn things of "Teach it your own thing" and measure
#                 what is found: an hour; D2L_SSD_BCCD adds white blood cells
# make beyond-table  tune and train, on 10 seeds, what came after SSD: 40 minutes, and it
#                 goes on where it was stopped
# make weights    draw 16,000 images, train on them and write the results that the
#                 package stores, into build/weights: hours, and it goes on where it
#                 was stopped (WEIGHTS=--copy puts them into the package)
# make evidence   all of these long jobs, one after the other, with the ablation and the
#                 baselines: days, what is done is skipped (see tools/evidence.py)
# make test-colab     Colab's set-up on a runtime like Colab's, with Python 3.12
# make test-colab-gpu the same with a stand-in for a GPU's driver: downloads 2 GB
# make clean      remove what was built (make distclean: .venv, the data, and the
#                 long trainings in build/, too)
#
# PYTHON=/path/to/python3.11 chooses the Python that .venv is made from; else it is
# the first of PYTHONS that is found.

PORT ?= 8000
TORCH = torch==2.13.0
PYTHONS = 3.11 3.13 3.12
VENV = .venv
MODERN = $(MAKE) --no-print-directory -j1 VENV=.venv-modern PYTHONS="3.13 3.12"

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export OMP_NUM_THREADS ?= $(shell getconf _NPROCESSORS_ONLN)
export NO_COLOR = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: book data vendor test test-modern save format bench serve notebooks clean
.PHONY: distclean pdf weights evidence playground-table own-thing-table photos
.PHONY: beyond-table
.PHONY: test-photos
.PHONY: test-save test-style test-unit test-notebooks test-site test-modern-venv
.PHONY: test-colab test-colab-gpu

book: $(VENV)/ready build/data.done _build/assets.done $(if $(PHOTOS),photos)
	@jupyter-book build --warningiserror --keep-going --quiet \
		$(if $(PHOTOS),--path-output . build/photos,.) \
		|| { rm -rf _build; echo "error: see the warnings above" >&2; exit 1; }
	@echo "The book is in _build/html: open _build/html/index.html, or \`make serve\`"

# The chapter runs for some minutes
photos: $(VENV)/torch.done build/vendor.done
	@nice python tools/with_photographs.py

# Sphinx copies changed styles and scripts only when a chapter has changed too
_build/assets.done: build/vendor.done build/detector.done \
		$(wildcard book/_static/*) tools/light_pages.py tools/page/heights.json
	@rm -rf _build && mkdir _build && touch $@

$(VENV)/ready: requirements.txt pyproject.toml tools/make_venv.sh
	@tools/make_venv.sh $(VENV) "$(PYTHONS)" $(PYTHON)

$(VENV)/torch.done: | $(VENV)/ready
	@echo "installing $(TORCH) (for the PyTorch chapter and the tests)"
	@python -m pip install --quiet $(TORCH)
	@touch $@

# Its own folder: the two builders would read each other's pages
pdf: $(VENV)/ready build/data.done build/vendor.done
	@mkdir -p _build
	@jupyter-book build --keep-going --quiet --builder singlehtml \
		--path-output build/whole . >/dev/null
	@python tools/make_pdf.py build/whole/_build/singlehtml _build/book.pdf

vendor: build/vendor.done
build/vendor.done: package.json package-lock.json requirements.txt \
		tools/vendor.py $(wildcard tools/page/*.*js) | $(VENV)/ready
	@python tools/vendor.py
	@touch $@

# What the page of the detector loads, of the stored weights
build/detector.done: tools/detector_files.py d2l_ssd/results/weights.npz \
		$(wildcard d2l_ssd/onnx/*.py) | $(VENV)/ready
	@python tools/detector_files.py
	@touch $@

data: build/data.done
build/data.done: $(wildcard d2l_ssd/toy/*.py) | $(VENV)/ready
	@mkdir -p build
	@python -c "from d2l_ssd import make_toy_voc; make_toy_voc('data/toy_voc', 2000, 500)"
	@touch $@

save: $(VENV)/ready vendor
	@python tools/save_cells.py
	@python tools/publish.py
	@npm run --silent build

format: $(VENV)/ready vendor
	@ruff check --quiet --fix .
	@ruff format --quiet d2l_ssd tools tests benchmarks
	@tools/format_notebooks.sh book/*.ipynb
	@npm run --silent format

notebooks: $(VENV)/torch.done save data
	@nice python tools/run_chapters.py $(CHAPTERS)

serve: book
	@echo "http://localhost:$(PORT)/ (stop with Ctrl-C)"
	@python -m http.server --directory _build/html $(PORT)

# One after the other, even with -j: they share two cores
test: book
	@$(MAKE) --no-print-directory -j1 \
		test-save test-style test-unit test-notebooks test-site
	@echo "== all tests passed"

# MXNet and d2l where nothing else is as old as they are
test-modern: test-modern-venv
	@echo "== Python 3.13 or 3.12 with NumPy 2"
	@$(MODERN) test-unit test-notebooks
test-modern-venv:
	@$(MODERN) .venv-modern/ready

test-save: $(VENV)/ready vendor
	@echo "== what is generated is what its sources say"
	@python tools/save_cells.py --check
	@python tools/publish.py --check
	@npm run --silent check

test-style: $(VENV)/ready vendor
	@echo "== style and types"
	@ruff check --quiet .
	@ruff format --quiet --check d2l_ssd tools tests benchmarks
	@tools/format_notebooks.sh --check book/*.ipynb
	@npm run --silent lint
	@npm run --silent format:check
	@npm run --silent types

test-unit: $(VENV)/torch.done data vendor
	@echo "== unit tests, properties, oracles; the JavaScript, and against Python (in node)"
	@python -m pytest tests --ignore=tests/browser --durations=5

test-notebooks: $(VENV)/torch.done data
	@echo "== the chapters run, and show what they showed"
	@D2L_SSD_QUICK=1 TQDM_DISABLE=1 MXNET_STORAGE_FALLBACK_LOG_VERBOSE=0 \
		MXNET_CUDNN_AUTOTUNE_DEFAULT=0 \
		python -m pytest --nbval-lax --durations=5 book/*.ipynb

test-colab: $(VENV)/ready data
	@echo "== the chapters' set-up cell where Colab's packages are"
	@python -m pytest -s tests/colab/cpu_run.py --durations=5

test-colab-gpu: $(VENV)/ready
	@echo "== the same with a driver: 2 GB to download"
	@python -m pytest -s tests/colab/gpu_run.py --durations=5

bench: $(VENV)/ready vendor
	@python benchmarks/speed/geometry.py
	@python benchmarks/speed/inference.py
	@python benchmarks/speed/explorers.py
	@node benchmarks/speed/playground.mjs

playground-table: vendor
	@nice node tools/playground_table.mjs $(PLAYGROUND)
	@node tools/playground_missions.mjs

weights: $(VENV)/torch.done data
	@nice python -m benchmarks.weights.weights $(WEIGHTS)

evidence: $(VENV)/torch.done vendor data
	@nice python tools/evidence.py $(EVIDENCE)

own-thing-table: $(VENV)/ready vendor
	@nice node tools/own_thing_measure.mjs $(OWN_THING)

beyond-table: $(VENV)/torch.done
	@nice python -m benchmarks.beyond.beyond --tune --all --jobs 2 --gather $(BEYOND)

test-site: book
	@echo "== the built pages in Chromium, Firefox, and WebKit"
	@python -m pytest tests/browser --durations=5

# Where BCCD is at hand, or can be downloaded
test-photos:
	@$(MAKE) --no-print-directory book PHOTOS=1
	@echo "== the chapters with photographs, in Chromium"
	@python -m pytest tests/browser/photos_run.py

clean:
	rm -rf _build node_modules .pytest_cache .ruff_cache .hypothesis

# A link to data elsewhere goes; what it leads to stays
distclean: clean
	rm -rf build .venv .venv-modern d2l_ssd.egg-info
	if [ -L data ]; then rm data; else rm -rf data/toy_* data/bccd*; fi
