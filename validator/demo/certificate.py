"""A certificate authority of this demo, and a certificate for the names and addresses of this machine.

A phone that trusts the authority accepts it for private addresses and the names of this machine only: name
constraints (RFC 5280, section 4.2.1.10) forbid all others. No well-kept library makes these two.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import ssl
import struct
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from validator.demo import AUTHORITY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_AUTHORITY_KEY, _CERTIFICATE, _KEY = "demo-ca-key.pem", "demo-certificate.pem", "demo-certificate-key.pem"
_AUTHORITY_DAYS = 5 * 365
# Browsers refuse certificates that are valid for longer than 398 days.
_DAYS, _RENEW_DAYS = 397, 30
_HOST_NAME = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,8}")
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))
_SIOCGIFADDR = 0x8915  # netdevice(7)
_PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names and addresses by which other machines may reach this one."""

    hosts: tuple[str, ...]
    addresses: tuple[IPv4Address | IPv6Address, ...]


def server_context(folder: Path, names: Names, now: datetime) -> ssl.SSLContext:
    """The server's side of TLS for these names; the files in `folder` are kept over restarts.

    A new certificate is made where the old one ends within 30 days or lacks a name, and a new authority where
    the old one ends or does not allow a name. Raises OSError where the folder cannot be used.
    """
    authority = _read(folder / AUTHORITY, folder / _AUTHORITY_KEY)
    if not _covers(authority, names, now, _is_permitted):
        _make_authority(folder, names, now)
        (folder / _CERTIFICATE).unlink(missing_ok=True)
    if not _covers(_read(folder / _CERTIFICATE, folder / _KEY), names, now, _is_named):
        _make_certificate(folder, names, now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / _CERTIFICATE, folder / _KEY)
    return context


def _covers(
    found: x509.Certificate | None,
    names: Names,
    now: datetime,
    has: Callable[[x509.Certificate, Names], bool],
) -> bool:
    ends_late = found is not None and found.not_valid_after_utc > now + timedelta(days=_RENEW_DAYS)
    return found is not None and ends_late and has(found, names)


def _is_named(found: x509.Certificate, names: Names) -> bool:
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = set(alternatives.get_values_for_type(x509.DNSName))
    addresses = set(alternatives.get_values_for_type(x509.IPAddress))
    return hosts >= set(names.hosts) and addresses >= set(names.addresses)


def _is_permitted(found: x509.Certificate, names: Names) -> bool:
    permitted = found.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    hosts = {one.value for one in permitted if isinstance(one, x509.DNSName)}
    networks = [ip_network(one.value) for one in permitted if isinstance(one, x509.IPAddress)]
    return hosts >= set(names.hosts) and all(
        any(address in network for network in networks) for address in names.addresses
    )


def _make_authority(folder: Path, names: Names, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"ESC Validator demo, {names.hosts[-1]}")
    single = [ip_network(one) for one in names.addresses]
    allowed = [x509.IPAddress(one) for one in dict.fromkeys((*map(ip_network, _PRIVATE), *single))]
    builder = (
        _builder(name, name, key, now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints([*map(x509.DNSName, names.hosts), *allowed], None), critical=True)
    )
    _write(folder / _AUTHORITY_KEY, _pem(key))
    _write(folder / AUTHORITY, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _make_certificate(folder: Path, names: Names, now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
    signer = cast(
        "ec.EllipticCurvePrivateKey",
        serialization.load_pem_private_key((folder / _AUTHORITY_KEY).read_bytes(), None),
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(names.hosts[0])
    alternatives = [*map(x509.DNSName, names.hosts), *map(x509.IPAddress, names.addresses)]
    builder = (
        _builder(name, authority.subject, key, now, _DAYS)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    _write(folder / _KEY, _pem(key))
    _write(
        folder / _CERTIFICATE, builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    # A phone's clock may be an hour behind.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _read(path: Path, key: Path) -> x509.Certificate | None:
    """The certificate; None where it or its key is missing, damaged, or belongs to another."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if private.public_key() == found.public_key() else None


def this_machine(host: str) -> Names:
    """The names and addresses of this machine; with a HOST of its own only that one, and loopback."""
    own = socket.gethostname().lower()
    named = (own, f"{own.partition('.')[0]}.local") if _HOST_NAME.fullmatch(own) else ()
    hosts = tuple(dict.fromkeys(("localhost", *named)))
    try:
        given = ip_address(host)
    except ValueError:
        found = {ip_address(str(entry[4][0]).partition("%")[0]) for entry in socket.getaddrinfo(host, None)}
        return Names((host, *hosts), _sorted({*found, *_LOOPBACK}))
    if not given.is_unspecified:
        return Names(hosts, _sorted({given, *_LOOPBACK}))
    return Names(hosts, _sorted({*_interface_addresses(), *_LOOPBACK}))


def _sorted(addresses: set[IPv4Address | IPv6Address]) -> tuple[IPv4Address | IPv6Address, ...]:
    """Those that another machine is likely to reach first."""
    return tuple(sorted(addresses, key=lambda one: (one.is_loopback, one.version, int(one))))


def _interface_addresses() -> set[IPv4Address | IPv6Address]:
    """The addresses of all interfaces, without link-local ones of IPv6: those need a zone."""
    found: set[IPv4Address | IPv6Address] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):
                request = struct.pack("256s", name.encode()[:15])
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
                found.add(IPv4Address(answer[20:24]))
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines():
            address = IPv6Address(bytes.fromhex(line.split()[0]))
            found |= {address} if not address.is_link_local else set()
    return found


def reachable(names: Names, outgoing: IPv4Address | IPv6Address | None) -> IPv4Address | IPv6Address:
    """The address to show to people: that of the way to other networks, else the first."""
    return outgoing if outgoing and outgoing in names.addresses else names.addresses[0]


def outgoing_address() -> IPv4Address | IPv6Address | None:
    """The address that this machine uses towards other networks; None without a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        # A datagram socket sends nothing when it connects. The address is for documentation (RFC 5737).
        probe.connect(("192.0.2.1", 9))
        return ip_address(probe.getsockname()[0])
    return None
