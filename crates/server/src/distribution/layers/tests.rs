#![allow(clippy::unwrap_used)]

use super::*;

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("wharf-layers-{name}-{}", std::process::id()))
}

#[tokio::test]
async fn a_layer_in_memory_is_in_pieces() {
    let store = Layers::in_memory().max_bytes(3 << 20).open().unwrap();
    let mut writer = store.writer().await.unwrap();
    let content = vec![7; (1 << 20) + 5];
    writer.write(&content).await.unwrap();
    writer.write(b"end").await.unwrap();
    let blob = writer.finish().await.unwrap();
    assert_eq!(blob.size(), content.len() as u64 + 3);
    let Data::Memory(pieces) = blob.data() else { unreachable!() };
    assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [1 << 20, 8]);
    assert_eq!(store.room.used(), blob.size());
    let mut writer = store.writer().await.unwrap();
    assert!(matches!(writer.write(&vec![0; 2 << 20]).await, Err(WriteFailure::Full)));
    drop((writer, blob));
    assert_eq!(store.room.used(), 0);
}

#[tokio::test]
async fn a_folder_belongs_to_one_server_and_ends_empty() {
    let path = folder("one");
    fs::create_dir_all(path.join("uploads")).unwrap();
    fs::write(path.join("uploads/left"), "by a server that was killed").unwrap();
    let layers = Layers::in_folder(&path);
    let store = layers.open().unwrap();
    assert!(matches!(layers.open(), Err(StartError::Setting(message)) if message.contains("another server")));
    let files = |inner: &str| fs::read_dir(path.join(inner)).unwrap().count();
    assert_eq!(files("uploads"), 0);

    let mut given_up = store.writer().await.unwrap();
    given_up.write(b"half").await.unwrap();
    let mut writer = store.writer().await.unwrap();
    writer.write(b"whole").await.unwrap();
    assert_eq!((files("uploads"), files("layers")), (2, 0));
    drop(given_up);
    let blob = writer.finish().await.unwrap();
    assert_eq!((files("uploads"), files("layers")), (0, 1));
    assert_eq!(blob.read(100).unwrap(), b"whole");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = fs::read_dir(path.join("layers")).unwrap().next().unwrap().unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(blob);
    assert_eq!(files("layers"), 0);
    drop(store);
    fs::remove_dir_all(path).unwrap();
}
