"""A view's mimebundle names the model; its versions are those of the format."""

import anywidget.experimental
import ipywidgets

from conformance.inside import log
from conformance.steps import python

ROWS = "M19 P16"
VIEW = "application/vnd.jupyter.widget-view+json"


class Widget(anywidget.AnyWidget):
    _esm = "export default {};"


class Plain:
    _repr_mimebundle_ = anywidget.experimental.MimeBundleDescriptor(
        _esm="export default {};", autodetect_observer=False
    )

    def _get_anywidget_state(self, include):
        return {}


def tell(value):
    bundle = value._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    view = data[VIEW]
    log(sorted(data), view["version_major"], view["version_minor"] in (0, 1), isinstance(view["model_id"], str))


STEPS = [python("for value in (Widget(), Plain(), ipywidgets.HBox()):\n    tell(value)")]
