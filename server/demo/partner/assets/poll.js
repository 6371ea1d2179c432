// SPDX-License-Identifier: Apache-2.0
// Asks this page again while its result is open, and swaps the result in when it has changed.
const pause = (millis) => new Promise((wake) => setTimeout(wake, millis));

for (;;) {
  const shown = document.querySelector('#result');
  const wait = Number(shown?.dataset.poll ?? 0);
  if (!shown || wait === 0) break;
  await pause(wait);
  if (document.hidden) continue;
  try {
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('#result');
    if (fresh === null || fresh.innerHTML === shown.innerHTML) continue;
    shown.replaceChildren(...fresh.childNodes);
    shown.dataset.state = fresh.dataset.state;
    if (fresh.dataset.poll === undefined) delete shown.dataset.poll;
    document.title = page.title;
  } catch {
    // Offline or restarting: the next round tries again.
  }
}
