"""Which runs prove a lab."""

from factories import lab_document, task_document

from content.documents import ExpectDocument, StepDocument
from grading.prove.plan import faults_of, needed_before, runs_of

ASKS = (ExpectDocument(kind="answer", arguments={"equals": "x"}),)


def task(slug, *steps, **changes):
    return task_document(slug, solution=tuple(StepDocument(run=step) for step in steps), **changes)


def steps_of(run):
    return [(turn.task.slug, sorted(turn.left_out)) for turn in run.turns]


def test_the_whole_lab_is_done_in_its_order():
    [whole] = runs_of(lab_document(tasks=(task("a", "1"), task("b", "2", needs=("a",)))))

    assert steps_of(whole) == [("a", []), ("b", [])]
    assert all(turn.fails_before and turn.passes_after for turn in whole.turns)
    assert whole.holds_after


def test_each_step_of_a_longer_solution_is_left_out_after_what_it_needs_only():
    lab = lab_document(
        tasks=(task("a", "1"), task("b", "2", needs=("a",)), task("c", "3"), task("d", "4", "5", needs=("b",)))
    )

    _whole, _another_order, first, second = runs_of(lab)

    assert steps_of(first) == [("a", []), ("b", []), ("d", [0])]
    assert steps_of(second) == [("a", []), ("b", []), ("d", [1])]
    assert [turn.passes_after for turn in first.turns] == [True, True, False]
    assert not any(turn.fails_before for turn in first.turns)
    assert first.name == "d without step 1"


def test_a_lab_is_done_in_another_order_too_where_its_needs_allow_one():
    tasks = (task("a", "1"), task("b", "2", needs=("a",)), task("c", "3"), task("d", "4", needs=("a",)))

    _whole, another = runs_of(lab_document(tasks=tasks))

    assert [turn.task.slug for turn in another.turns] == ["c", "a", "d", "b"]
    assert all(turn.passes_after for turn in another.turns)


def test_inert_steps_are_left_out_together_and_not_one_by_one():
    solution = (StepDocument(run="ls", inert="only looks"), StepDocument(run="touch x"))

    _whole, without_inert, without_second = runs_of(lab_document(tasks=(task_document("a", solution=solution),)))

    assert steps_of(without_inert) == [("a", [0])]
    assert without_inert.turns[0].passes_after
    assert steps_of(without_second) == [("a", [1])]


def test_what_is_needed_is_found_through_others():
    tasks = (task("a", "1"), task("b", "2", needs=("a",)), task("c", "3"), task("d", "4", needs=("c", "b")))

    assert [each.slug for each in needed_before(lab_document(tasks=tasks), tasks[3])] == ["a", "b", "c"]


def test_a_sound_lab_has_no_faults():
    solution = (StepDocument(run="cat x", answer=True),)

    assert list(faults_of(lab_document(tasks=(task_document("a", expect=ASKS, solution=solution),)))) == []


def test_too_many_inert_steps_are_a_fault():
    inert = tuple(StepDocument(run="ls", inert="looks") for _ in range(2))
    work = tuple(StepDocument(run="touch x") for _ in range(8))

    [fault] = faults_of(lab_document(tasks=(task_document("a", solution=(*inert, *work)),)))

    assert fault.startswith("2 of 10 steps are marked inert; at most 1 may be.")


def test_an_answer_that_no_step_gives_is_a_fault():
    [fault] = faults_of(lab_document(tasks=(task("a", "cat x", expect=ASKS),)))

    assert "`answer: true`" in fault


def test_a_solution_that_does_nothing_is_a_fault():
    solution = (StepDocument(run="ls", inert="looks"),)

    [fault] = faults_of(lab_document(tasks=(task_document("a", solution=solution),)))

    assert "nothing does the task" in fault
