"""The channels that a program sends by, by name; a new one is a file of its own and one line here."""

from __future__ import annotations

from region.dispatch.channels import dingtalk, email, push, sms, voice, webhook, wecom
from region.dispatch.channels.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        webhook.KIND,
        sms.KIND,
        voice.KIND,
        email.KIND,
        wecom.KIND,
        dingtalk.KIND,
        push.KIND,
    )
}
