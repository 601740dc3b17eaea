(function(){var note=document.getElementById("stale"),head=document.querySelector("h1[data-stale]");
function look(){if(!note.hidden||Date.now()<Date.parse(note.dataset.after))return;
note.innerHTML=note.firstChild.data;note.hidden=false;if(head){document.title=head.textContent=head.dataset.stale;head.className="warn"}}
look();setInterval(look,15000)})()
