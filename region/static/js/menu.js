/* A list of the menu closes when another opens, by Escape, and when the reader goes elsewhere; without this it
   stays until its own button is pressed again. */
"use strict";

{
  const lists = [...document.querySelectorAll(".bar details")];
  const closeBut = (kept) => lists.forEach((one) => { if (one !== kept) one.open = false; });

  lists.forEach((list) => {
    list.addEventListener("toggle", () => { if (list.open) closeBut(list); });
    list.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !list.contains(event.relatedTarget)) list.open = false;
    });
    list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !list.open) return;
      list.open = false;
      list.querySelector("summary").focus();
      event.stopPropagation();
    });
  });
  document.addEventListener("pointerdown", (event) => closeBut(event.target.closest(".bar details")));
}
