"""Local certificate authority and server certificate, for a network without public authority."""

import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.board.normalised_hosts import address_of, refuse_odd
from sweep.disk.atomic_files import write_files

AUTHORITY, AUTHORITY_KEY = "authority.pem", "authority.key"
SERVER, SERVER_KEY = "server.pem", "server.key"
# Phones refuse server certificates with a longer validity.
SERVER_DAYS, _AUTHORITY_DAYS = 397, 3_650
WARN_DAYS = 60
"""Days before the end of a certificate from which the desk is warned."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

_log = logging.getLogger(__name__)


def make_certificates(folder: Path, hosts: Sequence[str], now: datetime) -> tuple[Path, ...]:
    """
    Write a server certificate, and an authority to sign it unless a valid one exists; return the paths written.

    Parameters
    ----------
    hosts
        Names and addresses of the server; those of the loopback interface are added.

    Raises
    ------
    InputError
        S992 for an invalid host, S829 for a host that the authority may not sign.
    """
    refuse_odd(hosts, "--host")
    names = tuple(dict.fromkeys((*hosts, *_LOOPBACK)))
    files: dict[str, str | bytes] = {}
    authority = _kept_authority(folder, now)
    if authority is None:
        key = ec.generate_private_key(ec.SECP256R1())
        authority = _signed("sweep authority", key, key, None, now, _AUTHORITY_DAYS, (), _only_for(names)), key
        files = {AUTHORITY: _pem(authority[0]), AUTHORITY_KEY: _key_pem(key)}
    _refuse_foreign(names, authority[0], folder / AUTHORITY)
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(names[0], own, authority[1], authority[0].subject, now, SERVER_DAYS, names)
    files |= {SERVER: _pem(certificate), SERVER_KEY: _key_pem(own)}
    return write_files(files, folder, is_secret=True)


def _fit(folder: Path, now: datetime) -> tuple[tuple[str, ...], datetime]:
    path = folder / SERVER
    try:
        certificate = x509.load_pem_x509_certificate(read_regular(path))
        names = _names(certificate)
        key = serialization.load_pem_private_key(read_regular(folder / SERVER_KEY), None)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise InputError([Issue("S974", str(path))]) from error
    if key.public_key() != certificate.public_key():
        raise InputError([Issue("S974", str(folder / SERVER_KEY))])
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= now <= last:
        raise InputError([Issue("S975", str(path), {"until": last.date().isoformat()})])
    return names, last


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(str(n.value) for n in names if isinstance(n, x509.DNSName | x509.IPAddress))


def certified_hosts(folder: Path) -> tuple[str, ...]:
    """Return the host names in a folder's server certificate, valid or expired; empty without a certificate."""
    try:
        names = _names(x509.load_pem_x509_certificate(read_regular(folder / SERVER)))
    except (OSError, ValueError, x509.ExtensionNotFound):
        return ()
    return tuple(name for name in names if name not in _LOOPBACK)


@dataclass(slots=True)
class ServerCertificate:
    """Server certificate in use with its TLS settings; after a renewal, new connections use the new certificate."""

    folder: Path
    context: ssl.SSLContext
    names: tuple[str, ...]
    """Host names in the certificate."""
    until: datetime
    """End of its validity."""
    _content: bytes
    """Bytes of the certificate that was judged last."""

    def days_left(self, now: datetime) -> int:
        """Return the whole days until the certificate ends; negative once it has ended."""
        return (self.until - now) // timedelta(days=1)

    def renew(self, now: datetime) -> bool:
        """
        Use the certificate in the folder if it has changed; return True if so, False if the one in use stays.

        One that is unfit, or lacks a host of the certificate in use, is logged and not used: phones would refuse it.
        """
        try:
            content = read_regular(self.folder / SERVER)
            if content == self._content:
                return False
            names, until = _fit(self.folder, now)
            if not set(self.names) <= set(names):
                _log.warning("The new certificate lacks a host of the one in use, which stays")
                self._content = content
                return False
            self.context.load_cert_chain(self.folder / SERVER, self.folder / SERVER_KEY)
        except (OSError, InputError):
            # Key and certificate are replaced one after the other: the next call reads them again.
            _log.warning("The certificate on disk is unfit; the one in use stays")
            return False
        self.names, self.until, self._content = names, until, content
        _log.warning("The renewed certificate is in use")
        return True


def open_certificate(folder: Path, now: datetime) -> ServerCertificate:
    """
    Return the server certificate of a folder, with its host names in the certificate's order.

    Raises
    ------
    InputError
        S974 if the certificate or its key is missing, or it names no host; S975 if it is expired or not yet valid.
    """
    names, until = _fit(folder, now)
    return ServerCertificate(folder, server_context(folder), names, until, read_regular(folder / SERVER))


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the TLS settings of a server with the certificate in a folder: TLS 1.2 or 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # For TLS 1.2: forward secrecy and authenticated encryption alone. TLS 1.3 has no other suites.
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    return context


def _kept_authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    try:
        certificate = x509.load_pem_x509_certificate(read_regular(folder / AUTHORITY))
        key = serialization.load_pem_private_key(read_regular(folder / AUTHORITY_KEY), None)
    except (OSError, ValueError):
        return None
    holds = certificate.not_valid_after_utc > now + timedelta(days=SERVER_DAYS)
    return (certificate, key) if holds and isinstance(key, ec.EllipticCurvePrivateKey) else None


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
    now: datetime,
    days: int,
    hosts: Sequence[str],
    permitted: x509.NameConstraints | None = None,
) -> x509.Certificate:
    """
    Return a certificate of the public part of `key`, signed with the key `signer`.

    With `hosts` it is the certificate of a server with these names. Without, it is that of an authority, which may sign
    certificates only for the hosts `permitted`. `issuer`: name of the signer; None: self-signed.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None if hosts else 0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=bool(hosts),
                key_cert_sign=not hosts,
                crl_sign=not hosts,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if permitted is not None:
        builder = builder.add_extension(permitted, critical=True)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _only_for(hosts: Sequence[str]) -> x509.NameConstraints:
    """Return the name constraints of a certificate authority, so that phones trust it for these hosts only."""
    addresses = [address_of(host) for host in hosts]
    names = [x509.DNSName(host.lower()) for host, own in zip(hosts, addresses, strict=True) if own is None]
    networks = [x509.IPAddress(ip_network(own)) for own in addresses if own is not None]
    return x509.NameConstraints([*names, *networks], None)


def _refuse_foreign(hosts: Sequence[str], authority: x509.Certificate, path: Path) -> None:
    try:
        subtrees = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    except x509.ExtensionNotFound:
        # An authority of an earlier version has no name constraints.
        return
    permitted = [subtree.value for subtree in subtrees or ()]
    networks = [value for value in permitted if isinstance(value, IPv4Network | IPv6Network)]
    names = [value for value in permitted if isinstance(value, str)]

    def is_permitted(host: str) -> bool:
        own = address_of(host)
        if own is not None:
            return any(own in network for network in networks)
        return any(f".{host.lower()}".endswith(f".{name}") for name in names)

    known = tuple(map(str, (*names, *(network.network_address for network in networks))))
    if foreign := [host for host in hosts if not is_permitted(host)]:
        raise InputError([Issue("S829", str(path), {"host": host, "known": known}) for host in foreign])


def _host(host: str) -> x509.GeneralName:
    address = address_of(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
