"""What goes in and out, typed. The OpenAPI document is made of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Field, Path, Query, Schema
from pydantic import AfterValidator, ConfigDict, StringConstraints

# PostgreSQL stores no NUL, and nobody means one.
NO_NUL = r"^[^\x00]*$"
MAX_ID = 2**63 - 1

FIRST_YEAR, LAST_YEAR = 2000, 2200  # of any moment in the life of a class


def _moment(value: datetime) -> datetime:
    """Return the moment in UTC. PostgreSQL takes no offset beyond 16 hours, and nobody means one, or the year 346."""
    if not FIRST_YEAR <= value.year < LAST_YEAR:
        raise ValueError(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    aware = value if timezone.is_aware(value) else timezone.make_aware(value)
    return aware.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_moment)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=NO_NUL)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL)]
Key = Annotated[str, StringConstraints(min_length=5, max_length=330, pattern=r"^[a-z0-9-]+(/[a-z0-9-]+){2,3}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=NO_NUL)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=NO_NUL)]
Id = Annotated[int, Path(ge=1, le=MAX_ID)]
BodyId = Annotated[int, Field(ge=1, le=MAX_ID)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=200)]
Points = Annotated[Decimal, Field(ge=0, le=9999, max_digits=6, decimal_places=2)]
SmallCount = Annotated[int, Field(ge=0, le=32_767)]
RoleName = Literal["learner", "assistant", "instructor"]
Door = Literal["date", "open", "shut"]
Solutions = Literal["never", "after_pass", "after_date"]


class Strict(Schema):
    """What a client sends: a field that does not exist is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """Why something was not done."""

    detail: str = Field(description="A sentence for people, in the language that was asked for.")
    problems: list[str] = Field(default_factory=list, description="The same, for each field.")


class PersonOut(Schema):
    id: int
    username: str
    name: str

    @staticmethod
    def resolve_name(row: Any) -> str:
        return str(row.get_full_name())


class MeOut(Schema):
    id: int
    username: str
    name: str
    is_instructor: bool = Field(description="May create classes.")
    is_admin: bool
    scopes: list[str] = Field(description="What the token may be used for.")


class CohortIn(Strict):
    name: Name
    courses: list[Annotated[str, StringConstraints(max_length=50, pattern=NO_NUL)]] = Field(
        default_factory=list, max_length=100, description="Slugs."
    )
    starts_on: date | None = None
    ends_on: date | None = None
    join_until: Moment | None = None
    max_sessions: SmallCount | None = None
    max_minutes_a_day: Annotated[int, Field(ge=0, le=100_000)] | None = None
    solutions: Solutions = "never"
    solutions_at: Moment | None = None
    late_percent: Annotated[int, Field(ge=0, le=100)] = 0


class CohortChange(CohortIn):
    """What is left out stays as it is."""

    name: Name = ""  # never used: only fields that were sent are


class CohortOut(Schema):
    id: int
    name: str
    courses: list[str]
    starts_on: date | None
    ends_on: date | None
    join_code: str
    join_until: datetime | None
    max_sessions: int | None
    max_minutes_a_day: int | None
    solutions: str
    solutions_at: datetime | None
    late_percent: int
    archived_at: datetime | None

    @staticmethod
    def resolve_courses(row: Any) -> list[str]:
        return sorted(course.slug for course in row.courses.all())


class EnrolmentIn(Strict):
    username: Username
    role: RoleName = "learner"


class RoleIn(Strict):
    role: RoleName


class MoveIn(Strict):
    to: BodyId = Field(description="The class to move to.")


class JoinIn(Strict):
    code: Code


class EnrolmentOut(Schema):
    id: int
    cohort_id: int
    user: PersonOut
    role: str
    enrolled_at: datetime


class LessonRuleIn(Strict):
    lesson: Key
    door: Door = "date"
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    due_at: Moment | None = None


class LessonRuleOut(Schema):
    lesson: str = Field(alias="lesson_key")
    door: str
    opens_at: datetime | None
    closes_at: datetime | None
    due_at: datetime | None


class GradeOut(Schema):
    earned: Decimal
    points: int
    percent: int
    tried: bool
    passed: bool
    late: bool
    overridden: bool


class LearnerGradesOut(Schema):
    learner: PersonOut
    total: GradeOut
    lessons: dict[str, GradeOut] = Field(description="By the key of the lesson.")
    exercises: dict[str, GradeOut] = Field(description="By the key of the exercise.")


class OverrideIn(Strict):
    exercise: Key
    points: Points
    reason: Sentence


class OverrideOut(Schema):
    id: int
    learner_id: int
    exercise: str = Field(alias="exercise_key")
    points: Decimal
    reason: str
    created_at: datetime


class ExerciseProgressOut(Schema):
    key: str
    title: str
    kind: str
    points: int
    earned: Decimal
    state: str


class LessonProgressOut(Schema):
    key: str
    title: str
    minutes: int
    exercises: list[ExerciseProgressOut]


class CourseOut(Schema):
    slug: str
    title: str
    summary: str
    points: int
    earned: Decimal
    lessons: list[LessonProgressOut]


class SessionIn(Strict):
    lesson: Key


class SessionOut(Schema):
    id: UUID
    learner_id: int
    lesson: str = Field(alias="lab_key")
    state: str
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    ended_reason: str
    failure: str


class AnswerIn(Strict):
    text: Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)] | None = None
    choices: list[Annotated[int, Field(ge=0, le=100)]] | None = Field(default=None, max_length=50)


class SubmissionIn(Strict):
    exercise: Key
    answer: AnswerIn = Field(default_factory=AnswerIn)


class CheckResultOut(Schema):
    kind: str
    verdict: str
    level: str
    expected: dict[str, str] = Field(description="By language.")
    found: dict[str, str]
    hint: dict[str, str]


class SubmissionOut(Schema):
    id: UUID
    exercise: str = Field(alias="exercise_key")
    state: str
    verdict: str
    points: Decimal
    created_at: datetime
    finished_at: datetime | None
    results: list[CheckResultOut]

    @staticmethod
    def resolve_results(row: Any) -> list[Any]:
        return list(row.results.all())
