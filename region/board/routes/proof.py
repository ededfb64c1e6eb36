"""An order on paper: its proof sheet (PDF, workbook), and the order itself for sites with nothing but paper."""

from __future__ import annotations

from flask import Response, request

from region.board import order_paper, proof_paper
from region.board.queries import printed
from region.board.queries.proof import sheet
from region.dispatch.models import Directive
from region.paper.typesetting import pdf
from region.spine.assets import ASSETS, STATIC
from region.spine.errors import Forbidden, Missing
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("proof", __name__)
FONTS = (STATIC / ASSETS["paper-regular.ttf"].path).parent
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("/desk/directives/<int:id>/proof.pdf", needs="dispatch.read")
def proof_pdf(w: Work, id: int) -> Response:
    """The proof sheet for signing and filing, in parts where it is long: `part` in the query.

    `upto` compares with a sheet made earlier: the number of the last line of the journal that it named.
    """
    found = sheet(w, w.get(Directive, id), request.args.get("upto", type=int))
    part = request.args.get("part", 1, type=int)
    if not 1 <= part <= proof_paper.parts(found):
        raise Missing("no-such-page")
    made = pdf("proof", proof_paper.paper(found, _words(w), w.now, part), FONTS)
    return _file(made, "application/pdf", f"proof-{found.directive.number}-{part}.pdf")


@routes.get("/desk/directives/<int:id>/proof.xlsx", needs="dispatch.read")
def proof_xlsx(w: Work, id: int) -> Response:
    """The same as a workbook."""
    found = sheet(w, w.get(Directive, id), request.args.get("upto", type=int))
    made = proof_paper.book(found, _words(w), w.now)
    return _file(made, WORKBOOK, f"proof-{found.directive.number}.xlsx")


@routes.get("/desk/directives/<int:id>/print.pdf", needs="dispatch.read")
def print_pdf(w: Work, id: int) -> Response:
    """The printed orders that were made for this order's recipients, one page each, with the code that signs.

    `recipient` in the query, repeated, chooses some. Needs the right to issue or to press at the order's place.
    """
    directive = w.get(Directive, id)
    if not w.may("dispatch.issue", directive.place_id) and not w.may("dispatch.escalate", directive.place_id):
        raise Forbidden("not-allowed", needs="dispatch.escalate")
    chosen = request.args.getlist("recipient", type=int)
    made = pdf("order", order_paper.paper(w, printed.printed(w, directive, chosen)), FONTS)
    return _file(made, "application/pdf", f"order-{directive.number}.pdf")


def _words(w: Work) -> proof_paper.Words:
    return proof_paper.Words(current_lang(), w.office.clock.zone, w.rules.roles)


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
