"""The commands `flask --app wsgi user …` and `flask --app wsgi device …`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from validator.accounts.errors import AccountRefusedError
from validator.accounts.models import Role
from validator.accounts.people import login_key
from validator.plain_errors import plainly
from validator.services import services

if TYPE_CHECKING:
    from flask import Flask


class _Group(AppGroup):
    """Commands that end an error with one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        with plainly():
            try:
                return super().invoke(ctx)
            except AccountRefusedError as refusal:
                raise click.ClickException(str(refusal)) from refusal


user = _Group("user", help="People who sign in.")
device = _Group("device", help="Tills and tablets with a token of their own.")
_role = click.Choice([role.value for role in Role])


def init_app(app: Flask) -> None:
    """Add both groups to the flask command."""
    app.cli.add_command(user)
    app.cli.add_command(device)


def _new_password() -> str:
    """From a prompt, typed twice; or the first line of standard input if that is not a terminal."""
    if sys.stdin.isatty():
        password: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
        return password
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeError:
        raise click.ClickException(
            "The password on standard input is no text in UTF-8: send it so."
        ) from None


@user.command("add")
@click.argument("name")
@click.option("--role", type=_role, required=True, help="staff check cards; managers also look after people.")
def add_user(name: str, role: str) -> None:
    """Add a person; asks for the password, or reads it from standard input."""
    kept = services().accounts.people.add(name, _new_password(), Role(role))
    click.echo(f"{kept} can sign in now, as {role}.")


@user.command("list")
def list_users() -> None:
    """List all people: name, role, date added, and whether disabled."""
    for person in services().accounts.people.all():
        state = f"disabled since {person.disabled_at:%Y-%m-%d}" if person.disabled_at else "can sign in"
        click.echo(f"{person.username}\t{person.role}\tadded {person.created_at:%Y-%m-%d}\t{state}")


@user.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Refuse a person's sign-in from now on and end all their sessions."""
    services().accounts.people.disable(name)
    click.echo(f"{name} is signed out everywhere and cannot sign in any more.")


@user.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let a disabled person sign in again."""
    services().accounts.people.enable(name)
    click.echo(f"{name} can sign in again, with the password from before.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=_role)
def change_role(name: str, role: str) -> None:
    """Make a person staff or manager and end all their sessions."""
    services().accounts.people.set_role(name, Role(role))
    click.echo(f"{name} is {role} from the next sign-in on.")


@user.command("password")
@click.argument("name")
def change_password(name: str) -> None:
    """Give a person a new password and end all their sessions."""
    services().accounts.people.set_password(name, _new_password())
    click.echo(f"{name} is signed out everywhere and signs in with the new password.")


@user.command("sign-out")
@click.argument("name")
def sign_out_user(name: str) -> None:
    """End every session of a person, kiosks included."""
    services().accounts.people.sign_out(name)
    click.echo(f"{name} is signed out everywhere and can sign in again.")


@user.command("totp-off")
@click.argument("name")
def turn_off_codes(name: str) -> None:
    """Turn codes off for a person who lost the phone, and end all their sessions."""
    services().accounts.second_factors.turn_off_by_name(login_key(name))
    services().accounts.people.sign_out(name)
    click.echo(f"{name} signs in with the password alone, and can set up codes again.")


@device.command("add")
@click.argument("name")
def add_device(name: str) -> None:
    """Add a device and print its token, which is not shown again."""
    token = services().accounts.devices.add(name)
    click.echo("Copy this token to the device now, it is not shown again:", err=True)
    click.echo(token)


@device.command("list")
def list_devices() -> None:
    """List all devices: name, date added, date of last use, and whether revoked."""
    for one in services().accounts.devices.all():
        used = f"last used {one.last_used_on}" if one.last_used_on else "never used"
        state = f"revoked on {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in use"
        click.echo(f"{one.name}\tadded {one.created_at:%Y-%m-%d}\t{used}\t{state}")


@device.command("revoke")
@click.argument("name")
def revoke_device(name: str) -> None:
    """Refuse a device's token from now on."""
    services().accounts.devices.revoke(name)
    click.echo(f"The token of {name} is refused from now on.")
