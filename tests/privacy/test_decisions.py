"""That for every row which leads to a person somebody decided what becomes of it."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models

from privacy.decisions import GDPR, Decision, OnErase, kinds

WHAT_TO_DO = """
{missing}

These lead to a person, and nobody decided what becomes of them when the person is erased. Add a line for each to GDPR
in platform/privacy/decisions.py: DELETE (the rows go), BLANK (they stay for the figures, without the person's words;
name each text field in `blank` or `keep`), or REFER (they are not the person's and only name who did something).
Put it above the lines of what it refers to, and give it a title in both languages: it is shown under *My data*.
"""
User = get_user_model()
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


def all_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def links(model: type[models.Model]) -> Iterator[models.Field]:
    """Foreign keys and one-to-one links; many-to-many ones are models of their own, made by Django."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and not field.auto_created:
            yield field


def owned() -> set[type[models.Model]]:
    """Models whose rows are a person's, not only name one."""
    return {kind.model for kind in kinds() if kind.decision.on_erase != OnErase.REFER} - {User}


def undecided() -> list[str]:
    decided = {tuple(name.split(".", 2)) for name in GDPR}
    with_a_line = {(app, model) for app, model, _path in decided}
    missing = []
    for model in all_models():
        label = (model._meta.app_label, model.__name__)
        for field in links(model):
            name = ".".join((*label, field.name))
            direct = field.related_model is User and (*label, field.name) not in decided
            indirect = field.related_model in owned() and label not in with_a_line and not is_machinery(model)
            if direct or indirect:
                missing.append(name + ("" if direct else f" (which is a person's through {field.related_model})"))
    return missing


def is_machinery(model: type[models.Model]) -> bool:
    """Whether a model has neither text nor JSON of its own that could hold a person's words."""
    return not any(isinstance(field, TEXTS) for field in model._meta.concrete_fields)


def test_every_row_that_leads_to_a_person_has_a_decision():
    missing = undecided()

    assert not missing, WHAT_TO_DO.format(missing="\n".join(missing))


def test_a_line_that_is_taken_away_is_missed(monkeypatch):
    monkeypatch.delitem(GDPR, "grading.Submission.learner")
    monkeypatch.delitem(GDPR, "grading.CheckResult.submission__learner")

    assert "grading.Submission.learner" in undecided()

    monkeypatch.setitem(GDPR, "grading.Submission.learner", Decision("", OnErase.BLANK, ""))

    assert any(name.startswith("grading.CheckResult.submission (") for name in undecided())


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: f"{kind.model._meta.label}.{kind.path}")
class TestEachKind:
    def test_its_path_leads_to_a_person(self, kind, alice):
        assert kind.rows(alice).count() >= 0

    def test_its_fields_exist(self, kind):
        names = {field.name for field in kind.model._meta.concrete_fields}

        assert {*kind.decision.blank, *kind.decision.keep, *kind.decision.hide} <= names

    def test_text_that_stays_was_looked_at(self, kind):
        if kind.decision.on_erase != OnErase.BLANK:
            return
        free = {
            field.name
            for field in kind.model._meta.concrete_fields
            if isinstance(field, TEXTS) and not field.choices and not field.primary_key
        }

        assert free <= {*kind.decision.blank, *kind.decision.keep}, "name each in `blank` or in `keep`"

    def test_it_says_why(self, kind):
        assert kind.decision.title
        assert kind.decision.why


def test_every_line_is_of_an_app_of_ours_or_of_one_that_settings_can_switch_on():
    known = {*apps.app_configs, "account", "mfa", "socialaccount"}

    assert {name.split(".")[0] for name in GDPR} <= known
