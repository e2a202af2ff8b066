"""The domain of lab origins must be another site than the platform's.

Browsers share cookies and more within a site, which is a registrable domain: `a.example.org` and `b.example.org` are
one. What a learner's program shows must never run on the platform's site.
"""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_LONGEST = 253 - len("65535-") - 33  # what a host name has room for beside a port and a label

_suffixes = PublicSuffixList()  # the list that the package brings along; nothing is fetched


def problem_with(lab_domain: str, *, allowed_hosts: Iterable[str], trusted_origins: Iterable[str]) -> str:
    """A sentence about why labs must not be served below `lab_domain`; empty if they may."""
    if not _NAME.fullmatch(lab_domain) or len(lab_domain) > _LONGEST or _is_address(lab_domain):
        return f"LAB_DOMAIN={lab_domain!r} is not a domain name in lower case, such as labs.example.net."
    site = _site_of(f"x.{lab_domain}")
    for host in [*allowed_hosts, *(urlsplit(origin).hostname or "" for origin in trusted_origins)]:
        if host == "*":
            return (
                "ALLOWED_HOSTS is *, so nobody can tell whether LAB_DOMAIN is another site than the platform. "
                "Name the platform's hosts."
            )
        name = host.lower().lstrip("*.").rstrip(".")
        if name and not _is_address(name) and _site_of(name) == site:
            return (
                f"LAB_DOMAIN={lab_domain} is the same site as the platform's {name}: to browsers both are {site}, and "
                "programs in labs could reach into the platform. Use a domain of its own, registered apart."
            )
    return ""


def _site_of(name: str) -> str:
    """The registrable domain, or the name itself where it is a public suffix, as `localhost` is."""
    return _suffixes.privatesuffix(name) or name


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
