"""What instructors decide about grades by hand."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from cohorts.models import Cohort, Role
from cohorts.permissions import check_can_run
from courses.models import Exercise
from gradebook.models import GradeOverride


@transaction.atomic
def override_grade(
    *, by: User, cohort: Cohort, learner: User, exercise: Exercise, points: Decimal, reason: str
) -> GradeOverride:
    """Give points by hand, in the place of what was earned and of an earlier override.

    Raises PermissionDenied; NotPossible where the reason is missing, the points are out of range, or the person is no
    learner of the cohort.
    """
    check_can_run(by, cohort)
    if not cohort.enrolments.filter(user=learner, role=Role.LEARNER).exists():
        raise NotPossible(_("This person is no learner of this class."))
    if not reason.strip():
        raise NotPossible(_("Say why: the learner and the record get to see it."))
    if not 0 <= points <= exercise.points:
        raise NotPossible(_("Give between 0 and %(points)s points.") % {"points": exercise.points})
    _withdraw(cohort, learner, exercise.key)
    override = GradeOverride.objects.create(
        cohort=cohort, learner=learner, exercise_key=exercise.key, points=points, reason=reason.strip(), by=by
    )
    record(
        by=by, action="override_grade", subject=override, learner=learner.pk, exercise=exercise.key, points=str(points)
    )
    return override


@transaction.atomic
def withdraw_override(*, by: User, override: GradeOverride) -> bool:
    """Let what was earned count again; return False where that was done before. Raises PermissionDenied."""
    check_can_run(by, override.cohort)
    done = _withdraw(override.cohort, override.learner, override.exercise_key) > 0
    if done:
        record(by=by, action="withdraw_override", subject=override, learner=override.learner_id)
    return done


def _withdraw(cohort: Cohort, learner: User, exercise_key: str) -> int:
    standing = GradeOverride.objects.in_force().filter(cohort=cohort, learner=learner, exercise_key=exercise_key)
    return standing.update(withdrawn_at=timezone.now())
