from datetime import timedelta

from django.utils import timezone
from factories import EnrolmentFactory

from classroom.drill import MAX_EVIDENCE, drill, shown_evidence
from grading.models import CheckResult, Submission
from progress.models import HintUse


def test_evidence_is_bounded():
    text, cut = shown_evidence({"output": "x" * 100_000})

    assert len(text) == MAX_EVIDENCE
    assert cut
    assert shown_evidence({"a": "<b>"}) == ('{\n "a": "<b>"\n}', False)


def test_time_goes_from_pass_to_pass_and_the_rest_to_the_open_task(world, cohort, alice):
    now = timezone.now()
    world.session(alice, ready_at=now - timedelta(minutes=20))
    world.submission(alice, world.task, "fail")
    passed = world.submission(alice, world.task, "pass")
    Submission.objects.filter(pk=passed.pk).update(finished_at=now - timedelta(minutes=8))
    HintUse.objects.create(learner=alice, exercise_key=world.answered.key, number=1)

    (lesson,) = drill(cohort, alice, now).lessons

    assert [(task.minutes, task.passed, task.tries, task.hints) for task in lesson.tasks] == [
        (12, True, 2, 0),
        (8, False, 0, 1),
    ]


def test_it_shows_what_was_handed_in_with_its_evidence(world, cohort, alice, bob):
    mine = world.submission(alice, world.task, "fail")
    result = world.failed_check(mine, expected="a", found="b", hint="c")
    CheckResult.objects.filter(pk=result.pk).update(evidence={"mode": 420})
    world.submission(bob, world.task, "fail")
    world.submission(alice, world.task, "fail", origin=Submission.Origin.AUTOMATIC)

    shown = drill(cohort, alice, timezone.now()).handed

    assert [each.submission for each in shown] == [mine]
    assert '"mode": 420' in shown[0].results[0].evidence


def test_the_amount_of_work_costs_no_queries(world, cohort, alice, django_assert_num_queries):
    learner = EnrolmentFactory(cohort=cohort).user
    world.session(learner)
    for _each in range(20):
        world.failed_check(world.submission(learner, world.task, "fail"), expected="a")

    with django_assert_num_queries(9):
        drill(cohort, learner, timezone.now())
