/* Eyes, voice and hand of the telephone: the camera that reads codes, a sound and a shake for each scan.

   fieldScan.signal(kind)          "good" | "bad" | "full": heard and felt, for nobody looks at the screen
   fieldScan.wake()                sound needs a first touch; call it from one
   fieldScan.can                   whether there is a camera that reads codes
   fieldScan.look(film, found)     read until stop(); found(text) once for each code;  .stop()                     */
"use strict";

self.fieldScan = (() => {
  const TONES = { good: [[1320, 0, 0.09]], bad: [[220, 0, 0.22], [180, 0.26, 0.3]], full: [[1320, 0, 0.09], [1560, 0.12, 0.09], [1860, 0.24, 0.16]] };
  const SHAKES = { good: 60, bad: [180, 80, 180], full: [60, 60, 60, 60, 160] };
  const PAUSE = 1500; // the same code again is the same card, still in front of the camera
  let sound = null;
  let camera = null;
  const heard = [];

  function wake() {
    sound ??= self.AudioContext ? new self.AudioContext() : null;
    if (sound?.state === "suspended") sound.resume();
  }

  function signal(kind) {
    heard.push(kind);
    if (heard.length > 50) heard.shift();
    navigator.vibrate?.(SHAKES[kind]);
    if (sound?.state !== "running") return;
    for (const [pitch, after, length] of TONES[kind]) {
      const [voice, volume] = [sound.createOscillator(), sound.createGain()];
      voice.type = "square";
      voice.frequency.value = pitch;
      volume.gain.value = 0.25;
      voice.connect(volume).connect(sound.destination);
      voice.start(sound.currentTime + after);
      voice.stop(sound.currentTime + after + length);
    }
  }

  function stop(film) {
    for (const track of camera?.getTracks() ?? []) track.stop();
    camera = null;
    if (film) film.hidden = true;
  }

  async function look(film, found) {
    if (camera) { stop(film); return; }
    const detector = new self.BarcodeDetector();
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    film.srcObject = camera;
    film.hidden = false;
    await film.play();
    let last = { text: "", at: 0 };
    while (camera) {
      const [code] = await detector.detect(film);
      if (code && (code.rawValue !== last.text || Date.now() - last.at > PAUSE)) {
        last = { text: code.rawValue, at: Date.now() };
        await found(code.rawValue);
      }
      await new Promise((done) => { setTimeout(done, 120); });
    }
  }

  return { signal, wake, look, stop, heard, can: "BarcodeDetector" in self && Boolean(navigator.mediaDevices) };
})();
