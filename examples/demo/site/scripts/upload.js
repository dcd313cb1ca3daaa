// The manuscript desk: names and sizes of the chosen files. They are read by the browser and sent nowhere.
const list = document.getElementById("files");

document.getElementById("file").addEventListener("change", (event) => {
  const chosen = [...event.target.files];
  list.replaceChildren(...chosen.map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} - ${file.size} bytes`;
    return item;
  }));
  document.getElementById("file-count").textContent = chosen.length === 1 ? "1 file chosen" : `${chosen.length} files chosen`;
});
