"""What runs inside the sites of the drill, by `manage.py shell`."""

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("sync_content", verbosity=0)
"""

COMMON = """
import json, sys
from django.contrib.auth import authenticate
from django.utils import timezone
from accounts.models import User
from audit.actions import record
from audit.models import Entry
from courses.models import Course, Exercise
from grading.models import CheckResult, Submission
from progress.queries import course_progress
"""

# A class that has worked: passes, fails, partial points, answers, a record; and one lab that runs.
POPULATE = """
from sandboxes.models import Sandbox
from lab_sessions.models import LabSession
from courses.models import Lab
ada = User.objects.create_superuser("ada", password="ada-password", first_name="Ada")
exercises = list(Exercise.objects.order_by("pk"))
lab = Lab.objects.first()
for number in range(6):
    person = User.objects.create_user(f"learner{number}", password=f"word-{number}", last_name="Peña")
    for place, exercise in enumerate(exercises):
        verdict = ("pass", "fail", "error")[(number + place) % 3]
        points = exercise.points if verdict == "pass" else exercise.points / 2 if verdict == "fail" else 0
        row = Submission.objects.create(
            learner=person, exercise=exercise, exercise_key=exercise.key, origin="asked", state="done", verdict=verdict,
            points=points, answer={"text": f"señal {number}"}, finished_at=timezone.now(),
        )
        CheckResult.objects.create(submission=row, position=0, kind="file", verdict=verdict, found={"es": "así"})
        record(by=person, action="hand_in", subject=row, exercise=exercise.key)
now = timezone.now()
box = Sandbox.objects.create(
    name="muelle-drill-1", environment_digest="d", environment={}, state="assigned", seed="s", handle="h",
    warmed_at=now, assigned_at=now,
)
LabSession.objects.create(
    learner=person, lab=lab, lab_key=lab.key, state="ready", sandbox=box, expires_at=now, idle_at=now,
)
"""

# Everything that people would miss, as one text.
TELL = """
told = {"people": {}, "record": list(Entry.objects.order_by("pk").values_list("pk", "action", "actor_id", "details"))}
for person in User.objects.order_by("pk"):
    told["people"][person.username] = {
        "name": str(person),
        "progress": [repr(course_progress(person, course)) for course in Course.objects.order_by("pk")],
        "submissions": [
            [str(row.pk), row.exercise_key, row.verdict, str(row.points), row.answer, row.created_at.isoformat()]
            for row in person.submissions.order_by("pk")
        ],
        "results": [[row.kind, row.verdict, row.found] for row in
            CheckResult.objects.filter(submission__learner=person).order_by("pk")],
    }
sys.stdout.write(json.dumps(told))
"""

SIGN_IN = """
people = [("ada", "ada-password"), *((f"learner{n}", f"word-{n}") for n in range(6))]
sys.stdout.write(json.dumps([name for name, word in people if authenticate(username=name, password=word)]))
"""
