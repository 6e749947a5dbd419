/** Instead of the page, while a part of it that it cannot do without does not come. */

export function PartMissing({ forGood }: { forGood: boolean }) {
  return (
    <main id="notebook">
      <div class="banner" data-tone={forGood ? "bad" : "warn"} role="alert">
        <p>A part of this page could not be loaded.</p>
        <p class="note">
          {forGood ? "Load the page again once the server can be reached." : "Trying again."}
        </p>
      </div>
    </main>
  );
}
