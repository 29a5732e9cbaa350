"""How forms look: label above, hint, field, and the error beside it, tied by `aria-describedby`.

The templates are in templates/forms/. Widgets keep Django's own.
"""

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString


class Field(BoundField):
    """A field whose placeholder never stands in for its label.

    Forms of allauth set the label again as a placeholder; said twice it only gets in the way.
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        if "placeholder" in (widget or self.field.widget).attrs:
            # False leaves the attribute out altogether.
            built["placeholder"] = False
        return built

    @property
    def place(self) -> str:
        """The id to which a list of what is wrong leads: where the form says, or the first control.

        A form whose page names its controls otherwise says so in `places`, by field.
        """
        said = getattr(self.form, "places", {}).get(self.name)
        own = self.id_for_label or next((one.id_for_label for one in self.subwidgets), "")
        return str(said or own or self.auto_id)

    def label_tag(
        self,
        contents: str | None = None,
        attrs: dict[str, Any] | None = None,
        label_suffix: str | None = None,
        tag: str | None = None,
    ) -> SafeString:
        """Return the label, without a colon unless one is asked for."""
        return super().label_tag(contents, attrs, label_suffix or "", tag)


class Renderer(TemplatesSetting):
    """Render every form and field with the templates of the house."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = Field
