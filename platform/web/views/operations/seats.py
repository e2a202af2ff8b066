"""Whether a class fits on this machine, and why. For admins, and for who runs a class."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import Lab
from lab_sessions.seats import SeatPlan
from operations.permissions import check_plan
from operations.seat_words import answer_of, facts_of, sentence_for
from operations.seats import plan_for, plannable_labs
from sandboxes.runtimes.base import PermanentFault
from web.access import SignedInRequest, signed_in
from web.forms.operations import SeatsForm

USUAL_CLASS = 30  # learners


@require_safe
@signed_in
def seats(request: SignedInRequest) -> HttpResponse:
    """Ask, and answer where a lesson was chosen."""
    check_plan(request.user)
    labs = {lab.key: lab for lab in plannable_labs().prefetch_related("lesson__texts")}
    lessons = [(key, lab.lesson.title) for key, lab in labs.items()]
    asked = bool(request.GET.get("lesson"))
    form = SeatsForm(request.GET if asked else None, lessons=lessons, initial={"learners": USUAL_CLASS})
    context = {"form": form, "none": not labs, **(_answer(form, labs) if asked and form.is_valid() else {})}
    return render(request, "operations/seats.html", context)


def _answer(form: SeatsForm, labs: dict[str, Lab]) -> dict[str, object]:
    lab, learners = labs[form.cleaned_data["lesson"]], form.cleaned_data["learners"]
    try:
        plan: SeatPlan = plan_for(lab, learners)
    except PermanentFault as fault:
        return {"impossible": _(fault.sentence)}
    return {
        "plan": plan,
        "lab": lab,
        "answer": answer_of(plan),
        "facts": facts_of(plan),
        "reasons": [(reason.weight.value, sentence_for(reason)) for reason in plan.reasons],
    }
