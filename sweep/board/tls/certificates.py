"""A local authority and a server certificate from it: a closed network has no other."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from geodata.errors import InputError, Issue
from sweep.board.hosts import address_of, refuse_odd
from sweep.disk.files import write_files

AUTHORITY, AUTHORITY_KEY = "authority.pem", "authority.key"
SERVER, SERVER_KEY = "server.pem", "server.key"
# Phones refuse server certificates that are good for longer than this.
_SERVER_DAYS, _AUTHORITY_DAYS = 397, 3_650
# For TLS 1.2: forward secrecy and authenticated encryption alone. TLS 1.3 has no other suites.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


def make_certificates(folder: Path, hosts: Sequence[str], now: datetime) -> tuple[Path, ...]:
    """
    Write a server certificate for some hosts, and the authority that signs it unless one is there that holds.

    Parameters
    ----------
    hosts
        Names and addresses under which the server is reached; the loopback's own are added.

    Raises
    ------
    InputError
        S992 for a host that is neither a name nor an address.
    """
    refuse_odd(hosts, "--host")
    files: dict[str, str | bytes] = {}
    authority = _kept_authority(folder, now)
    if authority is None:
        key = ec.generate_private_key(ec.SECP256R1())
        authority = _signed("sweep authority", key, key, None, now, _AUTHORITY_DAYS, ()), key
        files = {AUTHORITY: _pem(authority[0]), AUTHORITY_KEY: _key_pem(key)}
    own = ec.generate_private_key(ec.SECP256R1())
    names = tuple(dict.fromkeys((*hosts, "localhost", "127.0.0.1", "::1")))
    certificate = _signed(names[0], own, authority[1], authority[0].subject, now, _SERVER_DAYS, names)
    files |= {SERVER: _pem(certificate), SERVER_KEY: _key_pem(own)}
    return write_files(files, folder, is_secret=True)


def refuse_unfit(folder: Path, now: datetime) -> tuple[str, ...]:
    """
    The names that a folder's server certificate is for, in its order.

    Raises
    ------
    InputError
        S974 if there is none, or none with its key, or it names no host; S975 if it is expired, or not yet good.
    """
    path = folder / SERVER
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = serialization.load_pem_private_key((folder / SERVER_KEY).read_bytes(), None)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise InputError([Issue("S974", str(path))]) from error
    if key.public_key() != certificate.public_key():
        raise InputError([Issue("S974", str(folder / SERVER_KEY))])
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not first <= now <= last:
        raise InputError([Issue("S975", str(path), {"until": last.date().isoformat()})])
    return tuple(str(n.value) for n in names if isinstance(n, x509.DNSName | x509.IPAddress))


def server_context(folder: Path) -> ssl.SSLContext:
    """The TLS settings of a server with a folder's certificate: TLS 1.2 or 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    return context


def _kept_authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    try:
        certificate = x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes())
        key = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    except (OSError, ValueError):
        return None
    holds = certificate.not_valid_after_utc > now + timedelta(days=_SERVER_DAYS)
    return (certificate, key) if holds and isinstance(key, ec.EllipticCurvePrivateKey) else None


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
    now: datetime,
    days: int,
    hosts: Sequence[str],
) -> x509.Certificate:
    """A certificate; with hosts a server's, without an authority's."""
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
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


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
    """The moment now, as certificates count it."""
    return datetime.now(UTC)
