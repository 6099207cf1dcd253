"""Facts flow one way. import-linter holds imports; here are the ties that it does not see."""

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from tests.architecture.tree import line


def place(package: str) -> int:
    return next(at for at, names in enumerate(line()) if package in names)


def test_foreign_keys_point_upstream() -> None:
    ours = {config.label: config.name for config in apps.get_app_configs()}
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        source = ours[model._meta.app_label]
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField | OneToOneField):
                continue
            related = field.related_model
            assert not isinstance(related, str)
            target = ours[related._meta.app_label]
            if not (source.startswith("jineng.") and target.startswith("jineng.")):
                continue
            if place(target.split(".")[1]) > place(source.split(".")[1]):
                wrong.append(f"{model.__name__}.{field.name} → {related.__name__}")
    assert wrong == []
