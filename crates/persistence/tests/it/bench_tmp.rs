use crate::{
    support::{Place, options},
    world::World,
};
use std::time::{Duration, Instant};
use usher_domain::port::Store;
use usher_persistence::{DatabaseOptions, DieselStore};
struct B(DieselStore);
impl Place for B {
    fn store(&self) -> &DieselStore {
        &self.0
    }
    fn url(&self) -> String {
        "postgres://postgres@%2Ftmp%2Fpgt:5432/a".into()
    }
    fn execute(&self, _: &str) {}
    fn replica(&self) -> DieselStore {
        DieselStore::open(&DatabaseOptions {
            acquire_timeout: Duration::from_millis(500),
            ..options(&self.url())
        })
        .unwrap()
    }
}
#[test]
fn restart() {
    let b = B(DieselStore::open(&options("postgres://postgres@%2Ftmp%2Fpgt:5432/a")).unwrap());
    b.0.migrations().run().unwrap();
    let world = World::new(&b);
    let begin = Instant::now();
    let ends = world.race(|i, s| {
        if i == 15 {
            std::thread::sleep(Duration::from_secs(2));
            let mode = std::fs::read_to_string("/tmp/pgt/mode").unwrap();
            let o = std::process::Command::new("su")
                .args([
                    "nobody",
                    "-s",
                    "/bin/bash",
                    "-c",
                    &format!(
                        "/usr/lib/postgresql/15/bin/pg_ctl -D /tmp/pgt/data -l /tmp/pgt/log -w -m {} restart",
                        mode.trim()
                    ),
                ])
                .output()
                .unwrap();
            println!("restart took until {:?} {}", begin.elapsed(), o.status);
            return vec![];
        }
        let mut out = vec![];
        let mut n = 0;
        while begin.elapsed() < Duration::from_secs(6) {
            n += 1;
            let t = begin.elapsed();
            let r = world.invite(s, &format!("a{i}.{n}@example.com"));
            out.push((t, begin.elapsed(), format!("a{i}.{n}@example.com"), r));
            if n > 100000 {
                break;
            }
        }
        out
    });
    let all: Vec<_> = ends.into_iter().flatten().collect();
    let ok: Vec<_> = all.iter().filter(|e| e.3.is_ok()).collect();
    let bad: Vec<_> = all.iter().filter(|e| e.3.is_err()).collect();
    println!("ok {} bad {}", ok.len(), bad.len());
    if let (Some(f), Some(l)) = (bad.iter().map(|e| e.0).min(), bad.iter().map(|e| e.1).max()) {
        println!("first bad began {f:?}, last bad ended {l:?}");
    }
    let mut kinds = std::collections::BTreeMap::new();
    for e in &bad {
        *kinds.entry(format!("{:?}", e.3).chars().take(150).collect::<String>()).or_insert(0) += 1;
    }
    println!("{kinds:#?}");
    let slow = ok.iter().map(|e| e.1 - e.0).max();
    let store: &dyn Store = b.store();
    let lost = ok
        .iter()
        .filter(|e| {
            let inv = e.3.as_ref().unwrap();
            store.read("r", |tx| tx.invitation(inv.account_id, inv.id)).unwrap().is_none()
        })
        .count();
    println!("slowest ok {slow:?}, lost {lost}");
}
