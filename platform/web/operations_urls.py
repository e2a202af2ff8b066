"""The addresses of the admin's pages."""

from django.urls import path

from web.views.operations import audit, health, people, room, seats

ROOM = "operations/"
PERSON = f"{ROOM}people/<int:person>/"

patterns = (
    path(ROOM, room.room, name="room"),
    path(f"{ROOM}live/", room.live, name="live"),
    path(f"{ROOM}drain/", room.drain, name="drain"),
    path(f"{ROOM}resume/", room.resume, name="resume"),
    path(f"{ROOM}labs/end/", room.end_lab, name="end_lab"),
    path(f"{ROOM}lab-sessions/<uuid:session>/end/", room.end, name="end"),
    path(f"{ROOM}lab-sessions/<uuid:session>/extend/", room.extend, name="extend"),
    path(f"{ROOM}people/", people.people, name="people"),
    path(f"{ROOM}people/add/", people.add, name="add_person"),
    path(PERSON, people.person, name="person"),
    path(f"{PERSON}role/", people.role, name="role"),
    path(f"{PERSON}disable/", people.disable, name="disable"),
    path(f"{PERSON}enable/", people.enable, name="enable"),
    path(f"{PERSON}sign-out/", people.sign_out, name="sign_out"),
    path(f"{ROOM}audit/", audit.audit, name="audit"),
    path(f"{ROOM}audit.csv", audit.audit_csv, name="audit_csv"),
    path(f"{ROOM}health/", health.health, name="health"),
    path(f"{ROOM}health/examine/", health.examine, name="examine"),
    path(f"{ROOM}seats/", seats.seats, name="seats"),
)
