"""What is wrong with the server, in words for a manager: what that means at the counter, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from validator.health.status import Trouble
from validator.router.answers import Cause


@dataclass(frozen=True, slots=True)
class Words:
    """What happened and what it means for people, and what to do next. Braces take figures."""

    happened: str
    next: str


_REMEMBERED = "Cards that were checked before get the remembered answer, with its age."

TROUBLES: dict[Trouble, Words] = {
    Trouble.DATABASE_DOWN: Words(
        "The database cannot be read, so nobody can sign in or check a card here.",
        "Ask whoever looks after the server to look at the database’s disk and address, and to start the "
        "service again.",
    ),
    Trouble.DATABASE_LOCKED: Words(
        "Something holds the database locked. Cards are checked as usual, but checks may be missing from the "
        "record, and signing in may fail.",
        "Close other programs that use the database’s file, such as a backup or an export. If it stays so, "
        "start the service again.",
    ),
    Trouble.MEMORY_DOWN: Words(
        "The store of remembered answers cannot be used. Cards are checked as usual, but what is remembered "
        "now is lost at the next restart, and each process remembers for itself.",
        "Look at the disk of the data folder. If the file answers.sqlite is damaged, stop the service and "
        "delete that file with its -wal and -shm: a new one is made.",
    ),
    Trouble.DISK_FULL: Words(
        "The disk is full, or nearly so. Cards are checked as usual, but nothing new can be kept: checks may "
        "be missing from the record, and signing in may fail.",
        "Make room on the disk of the data folder.",
    ),
    Trouble.DISK_READ_ONLY: Words(
        "The data folder cannot be written to. Cards are checked as usual, but nothing new can be kept: "
        "checks may be missing from the record, and signing in may fail.",
        "Give the service the right to write to its data folder. If the disk has become read-only by itself, "
        "it may be failing: save the data folder and replace the disk.",
    ),
    Trouble.DISK_UNUSABLE: Words(
        "The data folder is not there, or its disk has a fault. What was open still works, until the next "
        "restart.",
        "Look at whether the disk of the data folder is still connected, then start the service again.",
    ),
    Trouble.NO_READER: Words(
        "The server cannot read pictures. Cameras that read codes on the device go on, and so does typing a "
        "number; photos that are sent in are not read.",
        "Run “python -m scanner” with a picture on the server: it says what is missing.",
    ),
    Trouble.NO_ZBAR: Words(
        "One of the two decoders is missing (zbar). Codes are read, but steeply tilted ones less often.",
        "Install the system’s zbar library (libzbar0 on Debian and Ubuntu), then start the service again.",
    ),
    Trouble.FILES_MISSING: Words(
        "Files that the scanner page needs are missing on this server: {files}. Cards can be checked by "
        "typing a number or sending a photo. The camera, the kiosk and checks without a network may not "
        "work.",
        "Run “make setup” in the service’s folder, then start the service again.",
    ),
    Trouble.RECORD_BEHIND: Words(
        "Checks are missing from the record: the database did not take them in time. Their answers were "
        "shown.",
        "Look at the database and the disk above. This line goes away when the record has taken checks "
        "again.",
    ),
    Trouble.RECORD_CHANGED: Words(
        "Entries of the record were changed or removed by something other than this service. Cards are "
        "checked as usual.",
        "Ask whoever looks after the server to run “flask --app wsgi log verify”: it names the entries. Then "
        "find out who can write to the database. This line stays, so that nobody overlooks it.",
    ),
    Trouble.FOLDER_OPEN: Words(
        "Other users of this server can look into the data folder.",
        "Ask whoever looks after the server to run “chmod 700” on the data folder, and “chmod 600” on the "
        "files in it.",
    ),
    Trouble.LIMITS_APART: Words(
        "The limits against guessing numbers are counted by each process for itself, so they let more "
        "through than they should.",
        "Look at the disk of the data folder, or at Redis where it is used.",
    ),
    Trouble.PACK_BEHIND: Words(
        "{rows} answers of the last 15 minutes are missing from the devices’ packs. Without a network, "
        "devices that did not check those cards themselves say COULD NOT CHECK.",
        "Look at the disk of the data folder. If the file pack.sqlite is damaged, stop the service and "
        "delete that file with its -wal and -shm: a new one is made. If the disk works, the server has too "
        "little processor time.",
    ),
    Trouble.ROUTER_FAILING: Words(
        "The Router does not answer as it should, so it is asked only once in ten seconds for now. "
        + _REMEMBERED,
        "Wait: the service finds out by itself when the Router answers again. If it lasts, look at this "
        "server’s network, then at the Router’s own news.",
    ),
    Trouble.ROUTER_PROXY: Words(
        f"The web proxy does not connect this server to the Router ({{detail}}). {_REMEMBERED}",
        "Ask the people who run the proxy whether this server may reach the Router through it. The proxy is "
        "named by ESCV_ROUTER_PROXY, else by HTTPS_PROXY; name the Router’s host in NO_PROXY where it is "
        "reached directly.",
    ),
    Trouble.ROUTER_CERTIFICATE: Words(
        "The certificate shown in the Router’s name cannot be verified ({detail}). Nothing was sent. "
        + _REMEMBERED,
        "Look at this server’s clock first. If the network opens TLS connections, or the Router’s authority "
        "is a private one, put the authority’s certificate (PEM) in a file and name it in "
        "ESCV_ROUTER_CA_FILE. Otherwise another server may pretend to be the Router: ask your network team.",
    ),
    Trouble.ROUTER_NAME: Words(
        f"The Router’s name cannot be resolved ({{detail}}). {_REMEMBERED}",
        "Look at this server’s name service (DNS) and at the spelling of ESCV_ROUTER_URL. If the network "
        "lets servers out through a web proxy only, name it in ESCV_ROUTER_PROXY.",
    ),
    Trouble.ROUTER_ROUTE: Words(
        f"This server cannot connect to the Router ({{detail}}). {_REMEMBERED}",
        "Look at this server’s network and firewall. If the network lets servers out through a web proxy "
        "only, name it in ESCV_ROUTER_PROXY.",
    ),
    Trouble.ROUTER_SLOW: Words(
        f"The Router is reached, but its answers take too long ({{detail}}). {_REMEMBERED}",
        "Wait: the service keeps asking. If it lasts, look at this server’s network, then at the Router’s "
        "own news.",
    ),
    Trouble.ROUTER_UNUSABLE: Words(
        "Most of the Router’s latest answers, about the cards of several issuers, cannot be used. Perhaps "
        "the Router has changed the form of its answers. Those cards read COULD NOT CHECK, or get a "
        "remembered answer.",
        "Look in the log for “router_call_failed”: its “why” names the part of the answer. Then look for a "
        "newer version of this service, and ask the Router’s operators what has changed.",
    ),
    Trouble.ROUTER_REFUSES: Words(
        "The Router does not let this server ask ({endpoints}).",
        "Ask the Router’s operators whether this server’s address is known to them, and look at "
        "ESCV_ROUTER_TOKEN where one is used.",
    ),
    Trouble.ROUTER_RATE_LIMITED: Words(
        "More cards come than this server may ask about: {count} questions were held back lately. People "
        "were told to check again in a few seconds, or got a remembered answer.",
        "If this happens at busy hours only, nothing needs to be done. Otherwise raise "
        "ESCV_ROUTER_CALLS_PER_S, where the Router’s operators agree.",
    ),
    Trouble.CLOCK_WRONG: Words(
        "The server’s clock is {time} {direction} against the Router’s. Times on the pages and in the record "
        "are wrong by as much. A card’s last day, and codes for signing in, are judged by the Router’s time.",
        "Set the server’s clock by NTP, for example with “timedatectl set-ntp true”.",
    ),
}

LABELS = {
    "database": "Database",
    "disk": "Disk",
    "memory": "Remembered answers",
    "record": "Record of checks",
    "limits": "Limits",
    "pack": "Packs for devices",
    "access": "Access to the Router",
    "way": "The way to the Router",
    "router": "The Router",
    "answers": "The Router’s answers",
    "ceiling": "Our own ceiling",
    "clock": "Clock",
    "reader": "Reading pictures",
    "files": "Files of the pages",
}

WELL = {
    "database": "It reads and takes what is written.",
    "disk": "There is room, and the data folder can be written to.",
    "memory": "Answers are kept for the time when the Router cannot be asked.",
    "record": "Every check was recorded.",
    "limits": "They are counted for all processes together.",
    "pack": "No answer of the last 15 minutes is missing from them.",
    "access": "It lets this server ask, as far as it has been asked.",
    "way": "The Router is reached, as far as it has been asked.",
    "answers": "They can be used, as far as there were any.",
    "router": "It answers, as far as it has been asked.",
    "ceiling": "No question was held back lately.",
    "clock": "It agrees with the Router’s, as far as that is known.",
    "reader": "Photos are read with both decoders.",
    "files": "All files that the pages need are there.",
}

LATEST_FAILURE = "The latest call that failed, within the last hour: {cause} ({detail})."
CAUSES = {
    Cause.NAME: "the Router’s name could not be resolved",
    Cause.ROUTE: "there was no connection to the Router",
    Cause.PROXY: "the web proxy made no connection",
    Cause.CERTIFICATE: "the certificate could not be verified",
    Cause.REFUSED: "the Router refused to answer this server",
    Cause.UNUSABLE: "the answer could not be used",
    Cause.SLOW: "there was no answer in time",
    Cause.BUSY: "the Router was busy",
    Cause.ERROR: "the Router reported a fault of its own",
    Cause.HELD_BACK: "this server held the call back",
}

ISOLATED = (
    "The process that reads photos is isolated: it can open no file and no connection, and start no program "
    "(Landlock {version}, system-call filter)."
)
PARTLY_ISOLATED = (
    "The process that reads photos is only partly isolated. Not available on this system: {missing}. "
    "Photos are read all the same."
)
MEANS = {
    "landlock": "Landlock",
    "syscall_filter": "the system-call filter",
    "no_new_privs": "the ban on new privileges",
    "no_capabilities": "giving up capabilities",
    "hidden_memory": "hiding its memory",
}
