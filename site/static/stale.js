(function(){var note=document.getElementById("stale"),head=document.querySelector("h1[data-stale]");
function look(){if(Date.now()<Date.parse(note.dataset.after))return;
note.hidden=false;if(head){head.textContent=head.dataset.stale;head.className="warn"}}
look();setInterval(look,15000)})()
