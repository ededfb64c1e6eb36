/* What time it is in the field: the telephone's own clock, or that of the exercise in which it takes part.

   fieldClock.set(told)     told = {realm, server, local, rate}: an exercise's clock begins at `server` and runs `rate`
                            times as fast; without it, or in the real world, the telephone's own clock counts
   fieldClock.now()         a moment, as ISO 8601;  .today()  the day where the telephone is                       */
"use strict";

self.fieldClock = (() => {
  let clock = () => Date.now();

  function set(told) {
    clock = told?.realm ? () => told.server + (Date.now() - told.local) * told.rate : () => Date.now();
  }

  const now = () => new Date(clock()).toISOString();
  const today = () => { const d = new Date(clock()); return new Date(d - d.getTimezoneOffset() * 60000).toISOString().slice(0, 10); };

  return { set, now, today };
})();
