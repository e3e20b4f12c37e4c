"""What is wrong with the server, in words for a manager: what it means at the counter, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from validator.health.status import Trouble
from validator.i18n import N_


@dataclass(frozen=True, slots=True)
class Words:
    """What happened and what it means for people, and what to do next."""

    happened: str
    next: str


TROUBLES: dict[Trouble, Words] = {
    Trouble.DATABASE_DOWN: Words(
        N_("The database cannot be read, so people cannot sign in or check cards here."),
        N_(
            "Ask the server’s administrator to look at the database’s disk and address, and to start the "
            "service again."
        ),
    ),
    Trouble.DATABASE_LOCKED: Words(
        N_(
            "Another program keeps the database locked. Cards are checked as usual, but checks may be "
            "missing from the audit log, and signing in may fail."
        ),
        N_(
            "Close other programs that use the database’s file, such as a backup or an export. If it "
            "stays so, start the service again."
        ),
    ),
    Trouble.MEMORY_DOWN: Words(
        N_(
            "The store of remembered answers cannot be used. Cards are checked as usual, but what is "
            "remembered now is lost at the next restart, and each process remembers for itself."
        ),
        N_(
            "Look at the disk of the data folder. If the file answers.sqlite is damaged, stop the service "
            "and delete that file with its -wal and -shm: a new one is made."
        ),
    ),
    Trouble.DISK_FULL: Words(
        N_(
            "The disk is full or nearly full. Cards are checked as usual, but nothing new can be kept: "
            "checks may be missing from the audit log, and signing in may fail."
        ),
        N_("Make room on the disk of the data folder."),
    ),
    Trouble.DISK_READ_ONLY: Words(
        N_(
            "The data folder cannot be written to. Cards are checked as usual, but nothing new can be "
            "kept: checks may be missing from the audit log, and signing in may fail."
        ),
        N_(
            "Give the service the right to write to its data folder. If the disk became read-only without "
            "a change by you, it may be failing: save the data folder and replace the disk."
        ),
    ),
    Trouble.DISK_UNUSABLE: Words(
        N_(
            "The data folder is not there, or its disk has a fault. Files that are open still work, until "
            "the next restart."
        ),
        N_("Check whether the disk of the data folder is still connected, then start the service again."),
    ),
    Trouble.NO_READER: Words(
        N_(
            "The server cannot read pictures. Cameras that read codes on the device still work, and so "
            "does typing a number; photos that are sent to the server are not read."
        ),
        N_("Run “python -m scanner” with a picture on the server: it reports what is missing."),
    ),
    Trouble.NO_ZBAR: Words(
        N_("One of the two decoders is missing (zbar). Codes are read, but steeply tilted ones less often."),
        N_(
            "Install the system’s zbar library (libzbar0 on Debian and Ubuntu), then start the service again."
        ),
    ),
    Trouble.FILES_MISSING: Words(
        N_(
            "Files that the scanner page needs are missing on this server: %(files)s. Cards can be "
            "checked by typing a number or sending a photo. The camera, the kiosk and checks without a "
            "network may not work."
        ),
        N_("Run “make setup” in the service’s folder, then start the service again."),
    ),
    Trouble.AUDIT_LOG_BEHIND: Words(
        N_(
            "Checks are missing from the audit log: the database did not store them in time. Their answers "
            "were shown."
        ),
        N_("Look at the database and the disk above. This line disappears when checks are recorded again."),
    ),
    Trouble.AUDIT_LOG_CHANGED: Words(
        N_(
            "Entries of the audit log were changed or removed by something other than this service. Cards "
            "are checked as usual."
        ),
        N_(
            "Ask the server’s administrator to run “flask --app wsgi log verify”: it names the entries. "
            "Then find out who can write to the database. This line stays, so that it is not overlooked."
        ),
    ),
    Trouble.FOLDER_OPEN: Words(
        N_("Other users of this server can read the data folder."),
        N_(
            "Ask the server’s administrator to run “chmod 700” on the data folder, and “chmod 600” on the "
            "files in it."
        ),
    ),
    Trouble.LIMITS_APART: Words(
        N_(
            "Limits are currently tracked per process, so more guesses of card numbers are allowed than "
            "intended."
        ),
        N_("Look at the disk of the data folder, or at Redis where it is used."),
    ),
    Trouble.PACK_BEHIND: Words(
        N_(
            "Answers of the last 15 minutes are missing from the devices’ packs (%(rows)s). Without a "
            "network, devices that did not check those cards themselves say COULD NOT CHECK."
        ),
        N_(
            "Look at the disk of the data folder. If the file pack.sqlite is damaged, stop the service "
            "and delete that file with its -wal and -shm: a new one is made. If the disk works, the "
            "server has too little processor time."
        ),
    ),
    Trouble.ROUTER_FAILING: Words(
        N_(
            "The Router does not answer properly, so it is asked only once every ten seconds for now. "
            "Cards that were checked before get the remembered answer, with its age."
        ),
        N_(
            "Wait: the service notices when the Router answers again. If this lasts, check this server’s "
            "network, then the Router’s own news."
        ),
    ),
    Trouble.ROUTER_PROXY: Words(
        N_(
            "The web proxy does not connect this server to the Router (%(detail)s). Cards that were "
            "checked before get the remembered answer, with its age."
        ),
        N_(
            "Ask the people who run the proxy whether this server may reach the Router through it. The "
            "proxy is named by ESCV_ROUTER_PROXY, else by HTTPS_PROXY; name the Router’s host in NO_PROXY "
            "where it is reached directly."
        ),
    ),
    Trouble.ROUTER_CERTIFICATE: Words(
        N_(
            "The certificate shown in the Router’s name cannot be verified (%(detail)s). Nothing was "
            "sent. Cards that were checked before get the remembered answer, with its age."
        ),
        N_(
            "Look at this server’s clock first. If the network opens TLS connections, or the Router’s "
            "authority is a private one, put the authority’s certificate (PEM) in a file and name it in "
            "ESCV_ROUTER_CA_FILE. Otherwise another server may pretend to be the Router: ask your network "
            "team."
        ),
    ),
    Trouble.ROUTER_NAME: Words(
        N_(
            "The Router’s name cannot be resolved (%(detail)s). Cards that were checked before get the "
            "remembered answer, with its age."
        ),
        N_(
            "Look at this server’s name service (DNS) and at the spelling of ESCV_ROUTER_URL. If the "
            "network lets servers out through a web proxy only, name it in ESCV_ROUTER_PROXY."
        ),
    ),
    Trouble.ROUTER_ROUTE: Words(
        N_(
            "This server cannot connect to the Router (%(detail)s). Cards that were checked before get "
            "the remembered answer, with its age."
        ),
        N_(
            "Look at this server’s network and firewall. If the network lets servers out through a web "
            "proxy only, name it in ESCV_ROUTER_PROXY."
        ),
    ),
    Trouble.ROUTER_SLOW: Words(
        N_(
            "The Router is reached, but its answers take too long (%(detail)s). Cards that were checked "
            "before get the remembered answer, with its age."
        ),
        N_(
            "Wait: the service keeps asking. If this lasts, check this server’s network, then the "
            "Router’s own news."
        ),
    ),
    Trouble.ROUTER_UNUSABLE: Words(
        N_(
            "Most of the Router’s latest answers, about the cards of several issuers, cannot be used. "
            "Perhaps the Router has changed the form of its answers. Those cards read COULD NOT CHECK, or "
            "get a remembered answer."
        ),
        N_(
            "Look in the log for “router_call_failed”: its “why” names the part of the answer. Then look "
            "for a newer version of this service, and ask the Router’s operators what has changed."
        ),
    ),
    Trouble.ROUTER_REFUSES: Words(
        N_("The Router does not let this server ask (%(endpoints)s)."),
        N_(
            "Ask the Router’s operators whether this server’s address is known to them, and look at "
            "ESCV_ROUTER_TOKEN where one is used."
        ),
    ),
    Trouble.ROUTER_RATE_LIMITED: Words(
        N_(
            "More cards are checked than this server may ask about: the server is limiting requests to "
            "the Router (%(count)s lately). People were asked to check again in a few seconds, or got a "
            "remembered answer."
        ),
        N_(
            "If this happens only at busy hours, do nothing. Otherwise raise ESCV_ROUTER_CALLS_PER_S, "
            "where the Router’s operators agree."
        ),
    ),
    Trouble.CLOCK_WRONG: Words(
        N_(
            "The server’s clock is %(time)s ahead of the Router’s. Times on the pages and in the record "
            "are wrong by as much. A card’s last day, and codes for signing in, are judged by the "
            "Router’s time."
        ),
        N_("Set the server’s clock by NTP, for example with “timedatectl set-ntp true”."),
    ),
}

CLOCK_SLOW = N_(
    "The server’s clock is %(time)s behind the Router’s. Times on the pages and in the record are wrong "
    "by as much. A card’s last day, and codes for signing in, are judged by the Router’s time."
)
