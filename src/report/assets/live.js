// A page that is served looks every few seconds whether its results have changed, and shows what there is now.

const seen = document.querySelector("meta[name=version]").content;

setInterval(async () => {
  try {
    const answer = await fetch("version");
    if (answer.ok && (await answer.text()) !== seen) location.reload();
  } catch {
    // Whoever served the page has ended: what it shows stays.
  }
}, 2000);
