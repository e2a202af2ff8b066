"""The steps of set-up, in order. A step is a module with `run(workspace) -> str`, and one line here."""

from tools.runner import Step
from tools.steps import (
    accounts,
    agent,
    base_image,
    content,
    database,
    disk_limit,
    engine,
    lab_images,
    library,
    messages,
    mirror,
    package_mirror,
    packages,
    production,
    python_environment,
    redis,
    secrets,
    shared_limits,
    static_files,
    tunnels,
    versions,
    walls,
)

IMAGES = (
    Step("shared limits", "what the kernel counts over all labs", shared_limits.run),
    Step("engine", "the Docker Engine that runs the labs", engine.run),
    Step("versions", "known flaws of the engine and the kernel", versions.run),
    Step("base image", "the Debian that lab images start from", base_image.run),
    Step("disk limit", "whether the engine keeps sandboxes within their disk", disk_limit.run),
    Step("tunnels", "whether containers may open /dev/net/tun", tunnels.run),
    Step("agent", "the small program that runs in every sandbox", agent.run),
    Step("lab images", "the images of labs/images", lab_images.run),
    Step("walls", "the firewall around labs that have a network", walls.run),
    Step("mirror", "registry, packages and names for labs with an engine", mirror.run),
    Step("library", "the images that they can pull", library.run),
    Step("package mirror", "what apt-get, pip and npm find in them", package_mirror.run),
)
SETUP = (
    Step("packages", "programs that come from the system", packages.run),
    Step("python", "virtual environment with locked dependencies", python_environment.run),
    Step("secrets", "instance id and secret key of this clone", secrets.run),
    *IMAGES,
    Step("redis", "broker for wake-ups and notices", redis.run),
    Step("messages", "translations", messages.run),
    Step("static", "style sheets, scripts and pictures", static_files.run),
    Step("database", "tables", database.run),
    Step("content", "courses of labs/courses", content.run),
    Step("accounts", "demo accounts", accounts.run),
)
# Accounts whose passwords everybody knows are for trying only.
INSTALLED = tuple(step for step in SETUP if step.name != "accounts")
PRODUCTION = (
    Step("packages", "programs that come from the system", packages.run_for_engine),
    Step("secrets", "instance id of this installation", secrets.run),
    *IMAGES,
    Step("production", "what docker-compose.yml reads from .env", production.run),
)
