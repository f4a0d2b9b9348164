// What the page asks of the server. An error is the one line that the server, or a verb, says.

async function result(response) {
  const data = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
  if (!response.ok) throw new Error(data.error);
  return data;
}

export async function get(name, query) {
  let response;
  try {
    response = await fetch(`api/${name}?${new URLSearchParams(query)}`);
  } catch {
    throw new Error("the server cannot be reached: has acolytes-quest serve ended?");
  }
  return result(response);
}

// Runs a verb and says its result, or its error, in the form's line. Returns whether it was done.
export async function act(verb, options, form) {
  const said = form.querySelector(".said");
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  let line;
  let done = false;
  try {
    const response = await fetch("api/act", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ verb, options }),
    });
    line = (await result(response)).said.split("\n")[0];
    done = true;
  } catch (error) {
    line = error.message;
  }
  said.textContent = line;
  said.classList.toggle("wrong", !done);
  for (const button of buttons) button.disabled = false;
  return done;
}
